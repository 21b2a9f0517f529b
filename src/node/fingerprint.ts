import { createHash } from 'node:crypto';
import type { Fingerprint } from '../core/ports.ts';

/** Hex SHA-256: tokens are random enough that their hash tells nothing about them. */
export const fingerprint: Fingerprint = (secret) =>
  createHash('sha256').update(secret.reveal()).digest('hex');
