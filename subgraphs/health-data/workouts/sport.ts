import type { Origin } from '#platform/signals';

export const SPORTS = [
  'RUN',
  'RIDE',
  'SWIM',
  'WALK',
  'HIKE',
  'STRENGTH',
  'CARDIO',
  'MOBILITY',
  'ROW',
  'PADDLE',
  'SKI',
  'SNOWBOARD',
  'SKATE',
  'CLIMB',
  'RACKET',
  'BALL',
  'COMBAT',
  'DANCE',
  'GOLF',
  'WATER',
  'MULTISPORT',
  'OTHER',
] as const;

export type Sport = (typeof SPORTS)[number];

type Words = Partial<Record<Sport, string>>;

/** Words that several vendors share. How they are spelled (`trail_running`, `TrailRunning`) makes no difference. */
const SHARED: Words = {
  RUN: 'run running running_treadmill treadmill_running trail_run trail_running track_running road_running jogging virtual_run',
  RIDE: 'ride biking cycling biking_stationary indoor_cycling road_biking mountain_biking virtual_ride',
  SWIM: 'swim swimming swimming_pool swimming_open_water pool_swimming open_water_swimming lap_swimming',
  WALK: 'walk walking nordic_walking',
  HIKE: 'hike hiking snowshoe snowshoeing',
  STRENGTH: 'strength_training weight_training weightlifting powerlifting functional_training calisthenics',
  CARDIO: 'elliptical hiit high_intensity_interval_training circuit_training stair_climbing boot_camp',
  MOBILITY: 'yoga pilates stretching barre mobility flexibility',
  ROW: 'rowing rowing_machine indoor_rowing virtual_row',
  PADDLE: 'paddling kayaking canoeing paddleboarding stand_up_paddling stand_up_paddleboarding',
  SKI: 'skiing cross_country_skiing downhill_skiing backcountry_skiing',
  SNOWBOARD: 'snowboard snowboarding',
  SKATE: 'skating ice_skating inline_skating ice_skate inline_skate skateboard skateboarding',
  CLIMB: 'climbing rock_climbing indoor_climbing bouldering',
  RACKET: 'tennis table_tennis badminton squash racquetball pickleball padel',
  BALL: 'soccer football american_football basketball volleyball handball rugby baseball softball cricket lacrosse field_hockey ice_hockey hockey netball water_polo',
  COMBAT: 'boxing kickboxing martial_arts wrestling fencing jiu_jitsu',
  DANCE: 'dance dancing aerobics',
  GOLF: 'golf disc_golf',
  WATER: 'surfing sail sailing windsurf windsurfing kitesurf kitesurfing diving',
  MULTISPORT: 'triathlon duathlon multi_sport',
};

/** What one vendor alone says, in that vendor's spelling. */
const OWN: ReadonlyMap<Origin, Words> = new Map<Origin, Words>([
  [
    'STRAVA',
    {
      RIDE: 'GravelRide MountainBikeRide EBikeRide EMountainBikeRide Velomobile Handcycle',
      STRENGTH: 'Crossfit',
      CARDIO: 'StairStepper Workout',
      SKI: 'AlpineSki BackcountrySki NordicSki RollerSki',
    },
  ],
  [
    'GARMIN',
    {
      RUN: 'STREET_RUNNING INDOOR_RUNNING ULTRA_RUN OBSTACLE_RUN',
      RIDE: 'GRAVEL_CYCLING TRACK_CYCLING RECUMBENT_CYCLING CYCLOCROSS BMX DOWNHILL_BIKING E_BIKE_FITNESS E_BIKE_MOUNTAIN',
      WALK: 'CASUAL_WALKING SPEED_WALKING',
      CARDIO: 'INDOOR_CARDIO FITNESS_EQUIPMENT',
      ROW: 'ROWING_V2',
      PADDLE: 'PADDLING_V2 KAYAKING_V2 STAND_UP_PADDLEBOARDING_V2',
      SKI: 'RESORT_SKIING CROSS_COUNTRY_SKIING_WS SKATE_SKIING_WS',
      SNOWBOARD: 'RESORT_SNOWBOARDING BACKCOUNTRY_SNOWBOARDING',
      SKATE: 'SKATING_WS',
      HIKE: 'SNOW_SHOE_WS RUCKING',
      RACKET: 'TENNIS_V2 PADDELBALL PLATFORM_TENNIS',
      COMBAT: 'MIXED_MARTIAL_ARTS',
      WATER: 'SURFING_V2 SAILING_V2 WINDSURFING_V2 KITEBOARDING_V2 WAKEBOARDING_V2',
    },
  ],
  [
    'POLAR',
    {
      RUN: 'TRACK_AND_FIELD_RUNNING ULTRARUNNING_RUNNING',
      CARDIO: 'CROSS-TRAINER',
      SKI: 'CLASSIC_XC_SKIING SKATING_XC_SKIING',
    },
  ],
  [
    'WHOOP',
    {
      RIDE: 'spin assault-bike',
      STRENGTH: 'functional-fitness strength-trainer',
      CARDIO: 'stairmaster',
      HIKE: 'hiking/rucking',
      RACKET: 'paddle-tennis',
      COMBAT: 'box-fitness',
    },
  ],
  [
    'APPLE_HEALTH',
    {
      RIDE: 'handCycling',
      STRENGTH: 'traditionalStrengthTraining functionalStrengthTraining coreTraining crossTraining',
      CARDIO: 'mixedCardio stairs stepTraining jumpRope',
      MOBILITY: 'mindAndBody preparationAndRecovery cooldown',
      PADDLE: 'paddleSports',
      SKATE: 'skatingSports',
      BALL: 'australianFootball',
      DANCE: 'socialDance cardioDance',
      WATER: 'surfingSports',
      MULTISPORT: 'swimBikeRun',
    },
  ],
  ['GOOGLE_HEALTH', { CARDIO: 'workout' }],
  ['HEALTH_CONNECT', { CARDIO: 'stair_climbing_machine', BALL: 'football_american football_australian' }],
]);

/** `GravelRide`, `GRAVEL_RIDE` and `gravel ride` are one word. */
const folded = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

const bySport = (words: Words): ReadonlyMap<string, Sport> =>
  new Map(
    SPORTS.flatMap((sport) => (words[sport]?.split(' ') ?? []).map((word): [string, Sport] => [folded(word), sport])),
  );

const SHARED_WORDS = bySport(SHARED);
const OWN_WORDS = new Map([...OWN].map(([provider, words]) => [provider, bySport(words)]));

/** The sport in a word that means the same for all vendors; `OTHER` where the vendor's own word is none we know. */
export function sportOf({ provider, activity }: { provider: Origin; activity: string }): Sport {
  const word = folded(activity);
  return OWN_WORDS.get(provider)?.get(word) ?? SHARED_WORDS.get(word) ?? 'OTHER';
}
