/**
 * Preloaded into every child process: the channel to the parent closes when the parent is gone, whatever
 * ended it, and a Homebridge or a simulator that nobody watches must not stay behind.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
// What a child forks itself, such as a child bridge, lives by its own channel.
if (Number(process.env['DIES_WITH']) === process.ppid) process.channel?.unref();
