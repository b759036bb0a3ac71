import { z } from 'zod';

const date = z.iso.date();
const dateTime = z.iso.datetime({ offset: true });

/** When and how the cutover runs. */
export const cutoverShape = z.strictObject({
  window: z.strictObject({ from: dateTime, to: dateTime }),
  blackouts: z
    .array(z.strictObject({ from: date, to: date, reason: z.string().min(3) }))
    .default([])
    .describe('Days on which no cutover may run: bank holidays, year end, other departments.'),
  rollbackHours: z
    .number()
    .positive()
    .default(4)
    .describe('How long after the switch rolling back stays viable.'),
});
