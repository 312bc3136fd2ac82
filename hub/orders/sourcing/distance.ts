export interface Spot {
  readonly latitude: number;
  readonly longitude: number;
}

const EARTH_RADIUS_KM = 6_371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Along the surface of a sphere (haversine): a quarter of a percent off the real earth, at most half. */
export function distanceKm(a: Spot, b: Spot): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)];
  const half = (x: number): number => Math.sin(x / 2) ** 2;
  const across = radians(b.longitude - a.longitude);
  const chord = half(latitudeB - latitudeA) + Math.cos(latitudeA) * Math.cos(latitudeB) * half(across);
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
}
