/* A Csound that counts. It has create, compile, start and destroy, which call the real ones; every other function is
 * found in the real library behind this one. A thread that is inside one of them while another thread is counts as an
 * overlap. At the end of the process four numbers go to the file that KSMPS_TEST_COUNTS names: instances that were made,
 * calls, overlaps, and instances that were never destroyed. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static atomic_int inside;
static atomic_ulong created, destroyed, calls, overlaps;
static _Thread_local int depth;

static void enter(void)
{
    if (depth++ > 0)
        return;
    atomic_fetch_add(&calls, 1);
    if (atomic_fetch_add(&inside, 1) > 0)
        atomic_fetch_add(&overlaps, 1);
    /* Whoever does not wait comes in now. */
    usleep(500);
}

static void leave(void)
{
    if (--depth == 0)
        atomic_fetch_sub(&inside, 1);
}

void *csoundCreate(void *host_data)
{
    void *(*real)(void *) = (void *(*)(void *))dlsym(RTLD_NEXT, "csoundCreate");
    void *instance;
    enter();
    instance = real(host_data);
    atomic_fetch_add(&created, 1);
    leave();
    return instance;
}

void csoundDestroy(void *instance)
{
    void (*real)(void *) = (void (*)(void *))dlsym(RTLD_NEXT, "csoundDestroy");
    enter();
    real(instance);
    atomic_fetch_add(&destroyed, 1);
    leave();
}

int csoundCompileOrc(void *instance, const char *orchestra)
{
    int (*real)(void *, const char *) = (int (*)(void *, const char *))dlsym(RTLD_NEXT, "csoundCompileOrc");
    int result;
    enter();
    result = real(instance, orchestra);
    leave();
    return result;
}

int csoundStart(void *instance)
{
    int (*real)(void *) = (int (*)(void *))dlsym(RTLD_NEXT, "csoundStart");
    int result;
    enter();
    result = real(instance);
    leave();
    return result;
}

__attribute__((destructor)) static void write_counts(void)
{
    const char *path = getenv("KSMPS_TEST_COUNTS");
    FILE *file = path != NULL ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    fprintf(file, "%lu %lu %lu %lu\n", created, calls, overlaps, created - destroyed);
    fclose(file);
}
