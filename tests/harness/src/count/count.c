/* Counts allocations and locks of one thread while it asks for it.
 *
 * The functions below have the names of libc's own. A definition in the executable comes before libc's for
 * every shared library in the process, so libcsound, the plugin and Rust's allocator all arrive here. Each
 * passes on to glibc at once and, while the calling thread's `counting` is set, notes who called.
 * Nothing here allocates, locks or calls back, so it may run anywhere that the originals may.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What is counted; the order is that of `Kind` in mod.rs. */
enum kind { ALLOCATION, RELEASE, LOCK, KINDS };

#define CALLERS_MAX 4096

struct call {
    const void *caller;
    int kind;
};

static __thread int counting;
static __thread uint64_t calls[KINDS];
static __thread uint64_t noted;
static __thread struct call callers[CALLERS_MAX];

static inline void note(enum kind kind, const void *caller) {
    if (!counting) return;
    calls[kind]++;
    if (noted < CALLERS_MAX) callers[noted++] = (struct call){caller, kind};
}

#define NOTE(kind) note(kind, __builtin_return_address(0))

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);

void *malloc(size_t size) {
    NOTE(ALLOCATION);
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    NOTE(ALLOCATION);
    return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
    NOTE(ALLOCATION);
    return __libc_realloc(old, size);
}

void *memalign(size_t alignment, size_t size) {
    NOTE(ALLOCATION);
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    NOTE(ALLOCATION);
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **result, size_t alignment, size_t size) {
    NOTE(ALLOCATION);
    if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
    void *memory = __libc_memalign(alignment, size);
    if (memory == NULL) return ENOMEM;
    *result = memory;
    return 0;
}

void free(void *memory) {
    if (memory != NULL) NOTE(RELEASE);
    __libc_free(memory);
}

/* glibc has no second name for this one that a program may link to, so it is looked up once. Looking it up
 * twice at the same time finds the same address twice. */
typedef int lock_function(pthread_mutex_t *);
static lock_function *libc_lock;

__attribute__((constructor)) static void find_lock(void) {
    libc_lock = (lock_function *)dlsym(RTLD_NEXT, "pthread_mutex_lock");
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
    NOTE(LOCK);
    if (libc_lock == NULL) find_lock();
    return libc_lock(mutex);
}

/* The three that mod.rs calls. */

void ksmps_count_start(void) {
    memset(calls, 0, sizeof calls);
    noted = 0;
    counting = 1;
}

/* Stops and gives the totals; returns how many callers were noted. */
uint64_t ksmps_count_stop(uint64_t totals[KINDS]) {
    counting = 0;
    memcpy(totals, calls, sizeof calls);
    return noted;
}

/* The noted caller at `index`: its kind, the file name of its library and the nearest symbol, NULL where
 * unknown. The texts belong to the loader and stay as long as the library is loaded. */
int ksmps_count_caller(uint64_t index, const char **library, const char **symbol) {
    Dl_info info;
    *library = NULL;
    *symbol = NULL;
    if (index >= noted) return -1;
    if (dladdr(callers[index].caller, &info) != 0) {
        *library = info.dli_fname;
        *symbol = info.dli_sname;
    }
    return callers[index].kind;
}
