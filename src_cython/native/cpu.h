/* What the processor and the operating system allow, and who compiled this. */
#ifndef FASTNN_CPU_H
#define FASTNN_CPU_H

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

static int fn_has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int fn_has_avx512(void)
{
    __builtin_cpu_init();
    return fn_has_avx2() && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl");
}

static int fn_has_avx512_bf16(void)
{
    unsigned a, b, c, d;
    return fn_has_avx512() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 5 & 1);
}
#else
static int fn_has_avx2(void) { return 0; }
static int fn_has_avx512(void) { return 0; }
static int fn_has_avx512_bf16(void) { return 0; }
#endif

#if defined(__clang__)
#  define FN_COMPILER "clang " __clang_version__
#else
#  define FN_COMPILER "gcc " __VERSION__
#endif

#endif
