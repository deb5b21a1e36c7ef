/* A frame round the calls into Csound that may leave by longjmp.
 *
 * csoundDie and `exitnow` jump to csound->exitjmp, which only a few entry points of Csound set themselves:
 * without this frame a bad option or a bad score line jumps into nowhere and ends the process (measured, see
 * docs/csound.md). Rust cannot call setjmp soundly, so the frame is here, and nothing but Csound's own
 * C frames lies between it and the jump. Csound is not linked: each function gets the one that it calls.
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

typedef int (*plain_fn)(CSOUND *);
typedef int (*text_fn)(CSOUND *, const char *);
typedef double (*eval_fn)(CSOUND *, const char *);
typedef void (*message_fn)(CSOUND *, const char *);
typedef void (*nothing_fn)(CSOUND *);
typedef int (*arguments_fn)(CSOUND *, int, const char **);
typedef int (*utility_fn)(CSOUND *, const char *, int, char **);
typedef void *(*parse_fn)(CSOUND *, const char *);
typedef int (*tree_fn)(CSOUND *, void *);

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

/* Sets the frame: comes back a second time, and leaves the function, when Csound jumps. */
#define SET_FRAME(frame)                                                                                          \
    do {                                                                                                          \
        if ((frame)->exitjmp != NULL && setjmp(*(frame)->exitjmp) != 0)                                           \
            return jumped(frame);                                                                                 \
    } while (0)

int ksmps_call(plain_fn call, CSOUND *csound, const struct ksmps_frame *frame)
{
    SET_FRAME(frame);
    return call(csound);
}

int ksmps_call_with_text(text_fn call, CSOUND *csound, const struct ksmps_frame *frame, const char *text)
{
    SET_FRAME(frame);
    return call(csound, text);
}

int ksmps_eval_code(eval_fn call, CSOUND *csound, const struct ksmps_frame *frame, const char *code, double *value)
{
    SET_FRAME(frame);
    *value = call(csound, code);
    return 0;
}

int ksmps_input_message(message_fn call, CSOUND *csound, const struct ksmps_frame *frame, const char *message)
{
    SET_FRAME(frame);
    call(csound, message);
    return 0;
}

int ksmps_call_for_nothing(nothing_fn call, CSOUND *csound, const struct ksmps_frame *frame)
{
    SET_FRAME(frame);
    call(csound);
    return 0;
}

int ksmps_call_with_arguments(arguments_fn call, CSOUND *csound, const struct ksmps_frame *frame, int count,
                              const char **arguments)
{
    SET_FRAME(frame);
    return call(csound, count, arguments);
}

int ksmps_run_utility(utility_fn call, CSOUND *csound, const struct ksmps_frame *frame, const char *name, int count,
                      char **arguments)
{
    SET_FRAME(frame);
    return call(csound, name, count, arguments);
}

int ksmps_parse(parse_fn call, CSOUND *csound, const struct ksmps_frame *frame, const char *text, void **tree)
{
    SET_FRAME(frame);
    *tree = call(csound, text);
    return 0;
}

int ksmps_call_with_tree(tree_fn call, CSOUND *csound, const struct ksmps_frame *frame, void *tree)
{
    SET_FRAME(frame);
    return call(csound, tree);
}

/* Csound's functions that perform set frames of their own; a jump into one of them comes back as a value of 256 and more,
 * or below 0, and leaves the lock held as well. Nothing else is a value of theirs: 0, or above it at the score's end. */
static int performed(int result, const struct ksmps_frame *frame)
{
    return result >= 256 || result < 0 ? jumped(frame) : result;
}

/* A buffer, or the rest of the score. */
int ksmps_perform(plain_fn perform, CSOUND *csound, const struct ksmps_frame *frame)
{
    SET_FRAME(frame);
    return performed(perform(csound), frame);
}

/* One cycle. csoundPerformKsmps sets a frame of its own in its first call only; in later calls a jump lands in the
 * frame set here. Where the jump buffer is not known, csoundPerformBuffer sets one in every call, and with a buffer of
 * ksmps frames it runs one cycle too. */
int ksmps_perform_cycle(plain_fn perform_ksmps, plain_fn perform_buffer, CSOUND *csound,
                        const struct ksmps_frame *frame)
{
    int result;
    if (frame->exitjmp == NULL) {
        result = perform_buffer(csound);
    } else {
        if (setjmp(*frame->exitjmp) != 0)
            return jumped(frame);
        result = perform_ksmps(csound);
    }
    return performed(result, frame);
}
