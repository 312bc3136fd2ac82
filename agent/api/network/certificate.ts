import { createPublicKey, randomBytes, sign, X509Certificate, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_kp_serverAuth,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

const DAY_MS = 86_400_000;
/** Browsers refuse certificates that live longer than 398 days. */
const LIFE_DAYS = 397;
/** A device whose clock is behind takes it all the same. */
const BEFORE_DAYS = 2;
const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

/**
 * A certificate for the names and addresses of the store's machine, signed with its own key. It is for a server alone:
 * a person who trusts it trusts no other certificate by it.
 * @param now ms since 1970, as true as it is known
 */
export function issueCertificate(key: KeyObject, names: readonly string[], now: number): X509Certificate {
  const algorithm = () => new AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const name = nameOf(names[0] ?? 'Shelfwire');
  const tbs = new TBSCertificate({
    version: Version.v3,
    // Positive, and of no more than 16 bytes.
    serialNumber: bytes(Buffer.concat([Buffer.of(1), randomBytes(15)])),
    signature: algorithm(),
    issuer: name,
    subject: name,
    validity: new Validity({
      notBefore: new Date(now - BEFORE_DAYS * DAY_MS),
      notAfter: new Date(now + (LIFE_DAYS - BEFORE_DAYS) * DAY_MS),
    }),
    subjectPublicKeyInfo: AsnConvert.parse(
      createPublicKey(key).export({ type: 'spki', format: 'der' }),
      SubjectPublicKeyInfo,
    ),
    extensions: new Extensions([
      extension(id_ce_basicConstraints, true, new BasicConstraints({ cA: false })),
      extension(id_ce_keyUsage, true, new KeyUsage(KeyUsageFlags.digitalSignature)),
      extension(id_ce_extKeyUsage, false, new ExtendedKeyUsage([id_kp_serverAuth])),
      extension(id_ce_subjectAltName, false, new SubjectAlternativeName(names.map(alternative))),
    ]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbs)), key);
  const certificate = new Certificate({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm(),
    signatureValue: bytes(signature),
  });
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate)));
}

const alternative = (name: string): GeneralName =>
  new GeneralName(isIP(name) > 0 ? { iPAddress: name } : { dNSName: name });

const extension = (id: string, critical: boolean, value: object): Extension =>
  new Extension({ extnID: id, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });

function nameOf(commonName: string): Name {
  // Of at most 64 characters, as X.520 has it; what counts are the alternative names.
  const value = new AttributeValue({ utf8String: commonName.slice(0, 64) });
  return new Name([new RelativeDistinguishedName([new AttributeTypeAndValue({ type: COMMON_NAME, value })])]);
}

const bytes = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer;
