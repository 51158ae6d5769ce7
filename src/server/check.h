/* `tandem check`. */
#ifndef TANDEM_SERVER_CHECK_H
#define TANDEM_SERVER_CHECK_H

extern const char check_help[];

/* argv[0] is the command's name. Returns the program's exit status. */
int check_main(int argc, char **argv);

#endif
