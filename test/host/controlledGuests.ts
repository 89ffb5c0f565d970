// Guests who may control a session, for tests about who has control and whose prompts wait.
import type { CommandArgs } from '../../src/protocol/commandTable.ts';
import type { Guest, HostRig, MachineView } from './hostRig.ts';

type Owner = Guest & { readonly session: string };

/** Lets a guest in who may control at once; `name` is a device of its own. */
export async function letIn(
  rig: HostRig,
  machine: MachineView,
  owner: Owner,
  name: string,
): Promise<Guest> {
  const args: CommandArgs<'share'> = {
    session: owner.session,
    role: 'controller',
    where: { kind: 'loopback' },
    allowControl: true,
  };
  const result = JSON.stringify(await machine.request('share', args));
  const guest = await rig.join(/"link":"([^"]+)"/.exec(result)?.[1] ?? '', name);
  await guest.until('control is allowed', () => guest.view.me?.role === 'controller');
  return guest;
}

/** The owner takes control, and gives it to somebody else if that is asked. */
export async function giveControl(owner: Guest, to: Guest): Promise<void> {
  await owner.view.request('focus-take', {});
  if (to === owner) return;
  await owner.view.request('focus-grant', { member: to.view.member });
  await to.until('control is theirs', () => to.state.focus.holder?.member === to.view.member);
}

/** Nothing runs and nothing waits. */
export function idle(owner: Guest): Promise<void> {
  return owner.until(
    'idle',
    () => owner.state.session.status === 'idle' && owner.state.queue.length === 0,
  );
}
