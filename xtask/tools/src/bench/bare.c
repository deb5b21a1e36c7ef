/* Csound by itself, as small as a host can be: what the plugin's time is measured against.
 *
 * No guard, no messages, no channels: an instance is made, given an orchestra and a score, and performed with
 * csoundPerformKsmps. It is only used by the benchmark, on texts of its own.
 */
#include <csound/csound.h>
#include <stddef.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

static void quiet(CSOUND *csound, int attributes, const char *format, va_list arguments) {
    (void)csound, (void)attributes, (void)format, (void)arguments;
}

/* A started instance at a rate, or NULL. */
CSOUND *ksmps_bare_start(const char *rate_option, const char *orchestra, const char *score) {
    csoundInitialize(CSOUNDINIT_NO_SIGNAL_HANDLER | CSOUNDINIT_NO_ATEXIT);
    CSOUND *csound = csoundCreate(NULL);
    if (csound == NULL) return NULL;
    csoundSetMessageCallback(csound, quiet);
    csoundSetHostImplementedAudioIO(csound, 1, 0);
    csoundSetOption(csound, "-n");
    csoundSetOption(csound, "-d");
    csoundSetOption(csound, "--daemon");
    csoundSetOption(csound, rate_option);
    if (csoundCompileOrc(csound, orchestra) != 0 || csoundReadScore(csound, score) != 0 || csoundStart(csound) != 0) {
        csoundDestroy(csound);
        return NULL;
    }
    return csound;
}

/* Performs `cycles` cycles; returns how many were. Denormals are flushed as in the plugin and in the csound
 * command line, where it is the first Csound of a process that sets this for the thread. */
size_t ksmps_bare_perform(CSOUND *csound, size_t cycles) {
    size_t done = 0;
#if defined(__SSE2__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
#endif
    while (done < cycles && csoundPerformKsmps(csound) == 0) done++;
#if defined(__SSE2__)
    _mm_setcsr(before);
#endif
    return done;
}
