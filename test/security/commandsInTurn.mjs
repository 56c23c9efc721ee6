// Runs the command line again and again in one process, since starting a process costs more than most commands on small files: gets
// { args, cwd } by message, answers { code, stdout, stderr }. The program's module is evaluated anew each time, its imports are not.
const program = new URL('../../dist/cli/main.js', import.meta.url).href;
process.setMaxListeners(0);
let turn = 0;

process.on('message', async ({ args, cwd }) => {
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    process[stream].write = (text, ...rest) => {
      said[stream] += String(text);
      rest.find((one) => typeof one === 'function')?.();
      return true;
    };
  process.chdir(cwd);
  process.argv = [process.execPath, 'fedehr', ...args];
  process.exitCode = undefined;
  await import(`${program}?turn=${turn++}`);
  const code = process.exitCode ?? 0;
  process.exitCode = undefined;
  process.send({ code, ...said });
});
