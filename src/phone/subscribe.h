/* `tandem subscribe`: what happens to somebody, as he lets it be known. */
#ifndef TANDEM_PHONE_SUBSCRIBE_H
#define TANDEM_PHONE_SUBSCRIBE_H

extern const char subscribe_help[];
/* The program's exit status. */
int subscribe_main(int argc, char **argv);

#endif
