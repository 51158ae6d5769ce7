/* The commands `tandem call` and `tandem answer`. */
#ifndef TANDEM_PHONE_CALL_H
#define TANDEM_PHONE_CALL_H

extern const char call_help[], answer_help[];

/* The exit status. */
int call_main(int argc, char **argv);
int answer_main(int argc, char **argv);

#endif
