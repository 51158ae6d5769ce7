/* The command `tandem register`. */
#ifndef TANDEM_PHONE_REGISTER_H
#define TANDEM_PHONE_REGISTER_H

extern const char register_help[];

/* The exit status. */
int register_main(int argc, char **argv);

#endif
