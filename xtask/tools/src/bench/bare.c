/* Csound's perform call with nothing round it: what the plugin's time is measured against. */
#include <stddef.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/* Performs `cycles` cycles with csoundPerformKsmps; returns how many were. Denormals are flushed as in the plugin and in
 * the csound command line, where it is the first Csound of a process that sets this for the thread. */
size_t ksmps_bare_perform(int (*perform_ksmps)(void *), void *csound, size_t cycles) {
    size_t done = 0;
#if defined(__SSE2__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
#endif
    while (done < cycles && perform_ksmps(csound) == 0) done++;
#if defined(__SSE2__)
    _mm_setcsr(before);
#endif
    return done;
}
