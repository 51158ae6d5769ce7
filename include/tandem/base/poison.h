/* Tells AddressSanitizer what a pool has taken back, so that use after free shows; nothing in other
 * builds. */
#ifndef TANDEM_BASE_POISON_H
#define TANDEM_BASE_POISON_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISON_WANTED 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POISON_WANTED 1
#endif

#ifdef POISON_WANTED
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION((at), (size))
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION((at), (size))
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#endif

#endif
