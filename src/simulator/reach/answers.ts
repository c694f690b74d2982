/** How the backend spells the names of its answers' fields. */
export type CaseStyle = 'snake_case' | 'camelCase' | 'PascalCase';

/** What a call ends in. Names are in snake_case; they are respelled on their way out. */
export interface Answer {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error as TeamViewer's Web API sends it. */
export function refusal(
  status: number,
  error: string,
  errorCode: number,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = {
    error,
    error_description: description,
    error_code: errorCode,
    error_signature: '00000000-0000-4000-8000-000000000000',
  };
  return { status, body, headers };
}

/** The body as it goes out: respelled, and without the fields that a fault takes away. */
export function spell(
  body: Readonly<Record<string, unknown>>,
  style: CaseStyle,
  missing: readonly string[],
): Record<string, unknown> {
  const kept = Object.entries(body).filter(([name]) => !missing.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [respell(name, style), value]));
}

function respell(name: string, style: CaseStyle): string {
  if (style === 'snake_case') return name;
  const camel = name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return style === 'camelCase' ? camel : camel.charAt(0).toUpperCase() + camel.slice(1);
}
