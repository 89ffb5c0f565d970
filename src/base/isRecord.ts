// Tells objects with named fields from all other values.

/** Whether a value is an object whose fields are read by name: no list, not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
