// SPDX-License-Identifier: GPL-2.0-only
/*
 * forks.c - how many processes does a command start?
 *
 * usage: forks COMMAND [ARGUMENT]...
 *
 * Follows the command and all that it starts, the command itself being the
 * first, prints a line "processes N" at its end, and exits with its status.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL)

int main(int argc, char **argv)
{
	int status, result = 127, n = 1;
	pid_t first, pid;

	if (argc < 2)
		return 2;
	first = fork();
	if (!first) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	while ((pid = wait(&status)) > 0) {
		int sig = WIFSTOPPED(status) ? WSTOPSIG(status) : 0, event = status >> 16;

		if (pid == first && !WIFSTOPPED(status))
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (!sig)
			continue;
		if (event)
			n++;
		else if (pid == first && sig == SIGTRAP)
			ptrace(PTRACE_SETOPTIONS, pid, NULL, OPTIONS);
		/* A stop of ours goes no further; a signal is handed on. */
		ptrace(PTRACE_CONT, pid, NULL,
		       event || sig == SIGTRAP || sig == SIGSTOP ? 0 : (long)sig);
	}
	printf("processes %d\n", n);
	return result;
}
