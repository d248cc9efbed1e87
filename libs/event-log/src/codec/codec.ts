import { Defect, personalText, type EventDefinition, type EventMeta, type Recorded } from '@assay/domain';
import { LogError } from '../errors.js';
import type { AppendEvent, StoredEvent } from '../port.js';
import type { HolderKey, KeyStore } from './keys.js';
import { personalFieldsOf, type PersonalFields } from './personal-fields.js';
import { holdsSealed, seal, unseal } from './sealing.js';

/** An event as a handler hands it over; the type's newest version is what it is written in. */
export interface NewDomainEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
  readonly meta: EventMeta;
}

/** An event read back. */
export interface DecodedEvent extends Recorded {
  /** Paths (`/name`, `meta/reason`) of texts whose key is destroyed: they read as null. Absent where there are none. */
  readonly erased?: readonly string[];
}

/** From one version of a type's data to the next. Pure, and never edited once published. */
export type Upcaster = (data: unknown) => unknown;

/** What a codec knows: the types with their schemas, where keys are, and how old versions become new ones. */
export interface CodecOptions {
  readonly definitions: Readonly<Record<string, EventDefinition>>;
  readonly keys: KeyStore;
  /** By type, then by the version it reads: `{ TargetSet: { 1: (data) => ... } }` gives version 2. */
  readonly upcasters?: Readonly<Record<string, Readonly<Record<number, Upcaster>>>>;
}

interface TypeCodec {
  readonly definition: EventDefinition;
  readonly personal: PersonalFields | null;
  readonly upcasters: Readonly<Record<number, Upcaster>>;
}

const META_PERSONAL: PersonalFields = { kind: 'MEMBERS', members: new Map([['reason', personalFieldsOf(personalText()) ?? { kind: 'TEXT' }]]) };

/**
 * Between the domain's events and the log's: validates on write, seals personal texts, upcasts on read
 * (`architecture.md`, Personal data). A type or version that only a later release knows is `LaterRelease`; what is to be
 * written in an unknown type, or breaks its schema, is a `Defect`.
 */
export class EventCodec {
  private readonly types: ReadonlyMap<string, TypeCodec>;
  private readonly keys: KeyStore;

  constructor({ definitions, keys, upcasters = {} }: CodecOptions) {
    this.keys = keys;
    this.types = new Map(
      Object.entries(definitions).map(([type, definition]) => [type, { definition, personal: personalFieldsOf(definition.data), upcasters: upcasters[type] ?? {} }]),
    );
  }

  /** The events as they will stand at `firstRevision` and after. The same events there give the same bytes, always. */
  async encode(stream: string, events: readonly NewDomainEvent[], firstRevision: number): Promise<readonly AppendEvent[]> {
    const keys = await this.keysOf(events.map(({ meta }) => meta), (holder) => this.keys.forWriting(holder));
    return events.map(({ id, type, data, meta }, index) => {
      const { definition, personal } = this.typeOf(type);
      const valid = definition.data.safeParse(data);
      if (!valid.success) throw new Defect(`data of ${type} breaks its schema`, { id, stream, issues: valid.error.issues.map(({ path, code }) => ({ path, code })) });
      const key = keys.get(holderOf(meta)) ?? null;
      if (key === null) throw new LogError('InvalidEvent', 'no text can be sealed for somebody whose key is destroyed', { holder: holderOf(meta), id });
      const place = { stream, revision: firstRevision + index, eventId: id };
      return { id, type, schemaVersion: definition.version, data: seal(data, personal, { key, place, path: '' }), meta: seal(meta, META_PERSONAL, { key, place, path: 'meta' }) };
    });
  }

  async decode(events: readonly StoredEvent[]): Promise<readonly DecodedEvent[]> {
    const parsed = events.map(parse);
    const sealed = parsed.filter(({ isSealed }) => isSealed);
    const keys = sealed.length === 0 ? NO_KEYS : await this.keysOf(sealed.map(({ meta }) => meta), (holder) => this.keys.forReading(holder));
    return parsed.map((one) => this.open(one, keys));
  }

  private open({ event, data, meta, isSealed }: Parsed, keys: ReadonlyMap<string, HolderKey | null>): DecodedEvent {
    const { id, stream, revision, position, type, schemaVersion, recordedAt } = event;
    const place = { stream, revision, eventId: id };
    const erased: string[] = [];
    const key = isSealed ? (keys.get(holderOf(meta)) ?? null) : null;
    const clearData = isSealed ? unseal(data, { key, place, path: '', erased }) : data;
    // Written by `encode` in this form and under the log's own protection: what was metadata then is metadata now.
    const clearMeta = isSealed ? (unseal(meta, { key, place, path: 'meta', erased }) as EventMeta) : meta;
    const known = this.types.get(type);
    if (known === undefined) throw new LogError('LaterRelease', `event type ${type} is unknown`, { type });
    const upcast = schemaVersion === known.definition.version ? clearData : upcastFrom(known, type, { data: clearData, version: schemaVersion });
    const decoded = { id, stream, revision, position, type, schemaVersion: known.definition.version, data: upcast, meta: clearMeta, recordedAt };
    return erased.length === 0 ? decoded : { ...decoded, erased };
  }

  private typeOf(type: string): TypeCodec {
    const known = this.types.get(type);
    if (known === undefined) throw new Defect(`event type ${type} is unknown`, { type });
    return known;
  }

  private async keysOf(metas: readonly EventMeta[], get: (holder: string) => Promise<HolderKey | null>): Promise<ReadonlyMap<string, HolderKey | null>> {
    const holders = [...new Set(metas.map(holderOf))];
    return new Map(await Promise.all(holders.map(async (holder) => [holder, await get(holder)] as const)));
  }
}

const NO_KEYS: ReadonlyMap<string, HolderKey | null> = new Map();

/** Whose key seals an event's texts: the person it is about, else who wrote them; `SYSTEM` has a key of the log. */
const holderOf = (meta: EventMeta): string => meta.subject ?? meta.actor;

interface Parsed {
  readonly event: StoredEvent;
  readonly data: unknown;
  readonly meta: EventMeta;
  readonly isSealed: boolean;
}

function parse(event: StoredEvent): Parsed {
  const body = event.bodyText ?? Buffer.from(event.body).toString('utf8');
  const metaText = event.metaText ?? Buffer.from(event.metaBytes).toString('utf8');
  return { event, data: JSON.parse(body), meta: JSON.parse(metaText) as EventMeta, isSealed: holdsSealed(body) || holdsSealed(metaText) };
}

function upcastFrom({ definition, upcasters }: TypeCodec, type: string, from: { readonly data: unknown; readonly version: number }): unknown {
  if (from.version > definition.version) throw new LogError('LaterRelease', `${type} was written by a later release`, { type, version: from.version, known: definition.version });
  let { data } = from;
  for (let version = from.version; version < definition.version; version += 1) {
    const upcaster = upcasters[version];
    if (upcaster === undefined) throw new Defect(`no upcaster takes ${type} beyond version ${version}`, { type, version });
    data = upcaster(data);
  }
  return data;
}
