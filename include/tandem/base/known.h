/* Tells MemorySanitizer what a library does that it does not watch: KNOWN that it has written
 * here; and between UNWATCHED_BEGIN and UNWATCHED_END, on one thread, that nothing shall be made of
 * what it hands to the C library. Nothing in other builds. */
#ifndef TANDEM_BASE_KNOWN_H
#define TANDEM_BASE_KNOWN_H

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#define KNOWN_WANTED 1
#endif
#endif

#ifdef KNOWN_WANTED
#include <sanitizer/msan_interface.h>
#define KNOWN(at, size) __msan_unpoison((at), (size))
#define UNWATCHED_BEGIN() __msan_scoped_disable_interceptor_checks()
#define UNWATCHED_END() __msan_scoped_enable_interceptor_checks()
#else
#define KNOWN(at, size) ((void)(at), (void)(size))
#define UNWATCHED_BEGIN() ((void)0)
#define UNWATCHED_END() ((void)0)
#endif

#endif
