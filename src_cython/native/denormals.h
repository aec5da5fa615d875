/* Denormal numbers (below 1.2e-38 in float32) cost 100 times a normal one on most
 * processors, and the decaying averages of an optimizer are full of them.  While a
 * thread runs a plan they count as zero; the mode is the thread's own and is put back. */
#ifndef FASTNN_DENORMALS_H
#define FASTNN_DENORMALS_H

#include <stdint.h>

#if defined(__x86_64__) || defined(__i386__)
#  define FN_FLUSH 0x8040u /* flush to zero, denormals are zero */
static inline uint64_t fn_get_mode(void) { return __builtin_ia32_stmxcsr(); }
static inline void fn_set_mode(uint64_t mode) { __builtin_ia32_ldmxcsr((unsigned)mode); }
#elif defined(__aarch64__)
#  define FN_FLUSH (1u << 24)
static inline uint64_t fn_get_mode(void)
{ uint64_t mode; __asm__ volatile("mrs %0, fpcr" : "=r"(mode)); return mode; }
static inline void fn_set_mode(uint64_t mode)
{ __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }
#else
#  define FN_FLUSH 0u
static inline uint64_t fn_get_mode(void) { return 0; }
static inline void fn_set_mode(uint64_t mode) { (void)mode; }
#endif

/* Count denormal numbers as zero from here on; the mode before. */
static inline uint64_t fn_flush_denormals(void)
{
    const uint64_t before = fn_get_mode();
    fn_set_mode(before | FN_FLUSH);
    return before;
}

#endif
