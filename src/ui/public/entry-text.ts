import { t, textIfAny, type Facts } from './language.ts';
import type { ActorView, EntryView } from '../protocol.ts';

/** Who it was, in the language of the page; undefined where nothing is known of them. */
export function personText({ name, keyNr, keyType }: ActorView): string | undefined {
  // A name is the owner's own, or one of the few that the plugin gives.
  if (name !== undefined) return textIfAny(`person.${name}`) ?? name;
  const number = keyNr ?? '';
  if (keyType === undefined) return keyNr === undefined ? undefined : t('person.key', { number });
  return textIfAny(`person.${keyType}`, { number }) ?? `${keyType} ${number}`.trim();
}

/** An entry as one sentence without its time. */
export function entryText(entry: EntryView): string {
  const { kind, device = 'Gatehouse', detail, by } = entry;
  const who = by && personText(by);
  const way = by?.via === undefined ? '' : (textIfAny(`way.${by.via}`) ?? '');
  const facts: Facts = {
    ...plainFacts(detail),
    device,
    by: who === undefined ? way : `${t('entry.by', { who })}${way}`,
    ...(kind === 'output-changed' && {
      change: t(detail['active'] === true ? 'entry.output-changed.on' : 'entry.output-changed.off'),
    }),
    ...(kind.startsWith('support-') && { computer: String(detail['computer'] ?? device) }),
  };
  return textIfAny(`entry.${kind}`, facts) ?? `${device}: ${kind}`;
}

function plainFacts(detail: EntryView['detail']): Facts {
  return Object.fromEntries(
    Object.entries(detail).map(([key, value]) => [key, textIfAny(`${key}.${value}`) ?? String(value)]),
  );
}
