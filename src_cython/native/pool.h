/* A small pool of threads that walk one list of operations together.
 *
 * Workers sleep on a condition variable between jobs and meet at a barrier inside
 * one: they spin for a moment, then yield, then sleep for a few tens of
 * microseconds at a time.  One job runs at a time; a caller that finds the pool
 * taken works alone.  After fork() the child starts with an empty pool.
 */
#ifndef FASTNN_POOL_H
#define FASTNN_POOL_H

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include "simd.h"

#define FN_MAX_THREADS 64
#ifndef FN_YIELDS
#define FN_YIELDS 500
#endif

typedef void (*fn_job)(void *argument, int thread, int threads);

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    fn_job job;
    void *argument;
    unsigned long generation;
    int threads;   /* of the current job, the caller among them */
    int workers;   /* started so far */
    int running;   /* workers still inside the current job */
    int taken;
} fn_pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};

typedef struct {
    int waiting;
    unsigned phase;
} fn_barrier;

FN_INLINE void fn_relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Spin for a moment, then yield, then sleep between looks: a waiting thread never
 * keeps a core from other work.  A sleep costs the step up to 0.1 ms, so yielding goes
 * on for longer than threads are usually apart (a yield takes about 0.3 us). */
FN_INLINE void fn_wait(unsigned *turn)
{
    const unsigned now = (*turn)++;
    if (now < 50)
        fn_relax();
    else if (now < FN_YIELDS)
        sched_yield();
    else {
        const struct timespec pause = {0, 30000};
        nanosleep(&pause, NULL);
    }
}

FN_INLINE long long fn_load(const long long *address)
{ return __atomic_load_n(address, __ATOMIC_ACQUIRE); }

FN_INLINE void fn_store(long long *address, long long value)
{ __atomic_store_n(address, value, __ATOMIC_RELEASE); }

/* The value, which becomes one more: no two threads get the same. */
FN_INLINE long long fn_take(long long *address)
{ return __atomic_fetch_add(address, 1, __ATOMIC_RELAXED); }

FN_INLINE double fn_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void fn_barrier_wait(fn_barrier *barrier, int threads)
{
    const unsigned phase = __atomic_load_n(&barrier->phase, __ATOMIC_ACQUIRE);
    if (__atomic_add_fetch(&barrier->waiting, 1, __ATOMIC_ACQ_REL) == threads) {
        __atomic_store_n(&barrier->waiting, 0, __ATOMIC_RELAXED);
        __atomic_store_n(&barrier->phase, phase + 1, __ATOMIC_RELEASE);
        return;
    }
    unsigned turn = 0;
    while (__atomic_load_n(&barrier->phase, __ATOMIC_ACQUIRE) == phase)
        fn_wait(&turn);
}

static void *fn_worker(void *index_)
{
    const int index = (int)(size_t)index_;
    pthread_mutex_lock(&fn_pool.lock);
    unsigned long seen = fn_pool.generation - 1;
    for (;;) {
        while (fn_pool.generation == seen)
            pthread_cond_wait(&fn_pool.wake, &fn_pool.lock);
        seen = fn_pool.generation;
        if (index >= fn_pool.threads)
            continue;
        const fn_job job = fn_pool.job;
        void *argument = fn_pool.argument;
        const int threads = fn_pool.threads;
        pthread_mutex_unlock(&fn_pool.lock);
        job(argument, index, threads);
        __atomic_sub_fetch(&fn_pool.running, 1, __ATOMIC_RELEASE);
        pthread_mutex_lock(&fn_pool.lock);
    }
    return NULL;
}

static void fn_pool_after_fork(void)
{
    /* only the forking thread lives on in the child */
    memset(&fn_pool, 0, sizeof fn_pool);
    pthread_mutex_init(&fn_pool.lock, NULL);
    pthread_cond_init(&fn_pool.wake, NULL);
}

static void fn_pool_setup(void)
{
    pthread_atfork(NULL, NULL, fn_pool_after_fork);
}

/* Start workers until there are `wanted`; the number that exist.  The lock is held.
 * Signals are left to the program's own threads. */
static int fn_pool_grow(int wanted)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (fn_pool.workers < wanted) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, fn_worker, (void *)(size_t)(fn_pool.workers + 1)))
            break;
        pthread_detach(thread);
        fn_pool.workers++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return fn_pool.workers < wanted ? fn_pool.workers : wanted;
}

/* Run job(argument, thread, threads) on up to `threads` threads, the caller being
 * thread 0; how many it was. */
static int fn_pool_run(fn_job job, void *argument, int threads)
{
    if (threads > FN_MAX_THREADS)
        threads = FN_MAX_THREADS;
    if (threads <= 1 || __atomic_exchange_n(&fn_pool.taken, 1, __ATOMIC_ACQUIRE)) {
        job(argument, 0, 1);
        return 1;
    }
    pthread_mutex_lock(&fn_pool.lock);
    threads = 1 + fn_pool_grow(threads - 1);
    fn_pool.job = job;
    fn_pool.argument = argument;
    fn_pool.threads = threads;
    fn_pool.running = threads - 1;
    fn_pool.generation++;
    pthread_cond_broadcast(&fn_pool.wake);
    pthread_mutex_unlock(&fn_pool.lock);
    job(argument, 0, threads);
    unsigned turn = 0;
    while (__atomic_load_n(&fn_pool.running, __ATOMIC_ACQUIRE))
        fn_wait(&turn);
    __atomic_store_n(&fn_pool.taken, 0, __ATOMIC_RELEASE);
    return threads;
}

#endif
