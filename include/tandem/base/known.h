/* Tells MemorySanitizer that a library which it does not watch has written here; nothing in other
 * builds. */
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
#else
#define KNOWN(at, size) ((void)(at), (void)(size))
#endif

#endif
