/* Compiler attributes under the names that the code uses; knows nothing else. */
#ifndef TANDEM_BASE_ATTR_H
#define TANDEM_BASE_ATTR_H

#if defined(__GNUC__)
#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define MUST_USE
#define PRINTF_LIKE(fmt, args)
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#endif

#endif
