/* A frame round the calls into Csound that may leave by longjmp.
 *
 * csoundDie and `exitnow` jump to csound->exitjmp, which only a few entry points of Csound set themselves:
 * without this frame a bad option or a bad score line jumps into nowhere and ends the process (measured, see
 * docs/architecture.md). Rust cannot call setjmp soundly, so the frame is here, and nothing but Csound's own
 * C frames lies between it and the jump.
 *
 * `exitjmp` is the address of the instance's jmp_buf, or NULL where it is not known: then the call is made
 * without a frame. On a jump the function returns KSMPS_JUMPED and releases the instance's lock, which the
 * jump left held by this thread.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stddef.h>

#define KSMPS_JUMPED (-1000)

typedef struct CSOUND_ CSOUND;

extern int csoundSetOption(CSOUND *, const char *);
extern int csoundCompileOrc(CSOUND *, const char *);
extern int csoundReadScore(CSOUND *, const char *);
extern int csoundStart(CSOUND *);
extern int csoundPerformKsmps(CSOUND *);
extern int csoundPerformBuffer(CSOUND *);
extern double csoundEvalCode(CSOUND *, const char *);
extern void csoundInputMessage(CSOUND *, const char *);

struct ksmps_frame {
    jmp_buf *exitjmp;       /* csound->exitjmp, or NULL */
    pthread_mutex_t **lock; /* &csound->API_lock, or NULL */
};

/* The lock is recursive: it is released as often as this thread holds it, at the most a handful of times. */
static int jumped(const struct ksmps_frame *frame)
{
    int depth;
    if (frame->lock != NULL && *frame->lock != NULL)
        for (depth = 0; depth < 16 && pthread_mutex_unlock(*frame->lock) == 0; depth++)
            ;
    return KSMPS_JUMPED;
}

#define GUARDED(call)                                                                                             \
    do {                                                                                                          \
        if (frame->exitjmp != NULL && setjmp(*frame->exitjmp) != 0)                                               \
            return jumped(frame);                                                                                 \
        return (call);                                                                                            \
    } while (0)

int ksmps_set_option(CSOUND *csound, const struct ksmps_frame *frame, const char *option)
{
    GUARDED(csoundSetOption(csound, option));
}

int ksmps_compile_orc(CSOUND *csound, const struct ksmps_frame *frame, const char *orchestra)
{
    GUARDED(csoundCompileOrc(csound, orchestra));
}

int ksmps_read_score(CSOUND *csound, const struct ksmps_frame *frame, const char *score)
{
    GUARDED(csoundReadScore(csound, score));
}

int ksmps_start(CSOUND *csound, const struct ksmps_frame *frame)
{
    GUARDED(csoundStart(csound));
}

int ksmps_eval_code(CSOUND *csound, const struct ksmps_frame *frame, const char *code, double *value)
{
    if (frame->exitjmp != NULL && setjmp(*frame->exitjmp) != 0)
        return jumped(frame);
    *value = csoundEvalCode(csound, code);
    return 0;
}

int ksmps_input_message(CSOUND *csound, const struct ksmps_frame *frame, const char *message)
{
    if (frame->exitjmp != NULL && setjmp(*frame->exitjmp) != 0)
        return jumped(frame);
    csoundInputMessage(csound, message);
    return 0;
}

/* One cycle. csoundPerformKsmps sets a frame of its own in its first call only; in later calls a jump lands in the
 * frame set here. Where the jump buffer is not known, csoundPerformBuffer sets one in every call, and with a buffer of
 * ksmps frames it runs one cycle too. */
int ksmps_perform_cycle(CSOUND *csound, const struct ksmps_frame *frame)
{
    int result;
    if (frame->exitjmp == NULL) {
        result = csoundPerformBuffer(csound);
    } else {
        if (setjmp(*frame->exitjmp) != 0)
            return jumped(frame);
        result = csoundPerformKsmps(csound);
    }
    /* A jump into Csound's own frame comes back as a value of 256 and more. */
    return result >= 256 || result < -1 ? jumped(frame) : result;
}
