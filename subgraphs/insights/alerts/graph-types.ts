import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { enumOf } from '#platform/graphql-types';
import { ALERT_KINDS, type AlertKind } from './kinds.ts';

export const AlertKindEnum = enumOf(ALERT_KINDS);
registerEnumType(AlertKindEnum, {
  name: 'AlertKind',
  description: 'What people can be told of: each flag, and what belongs to a day or a week. Most urgent first.',
});

@ObjectType()
export class AlertSetting {
  @Field(() => AlertKindEnum)
  kind!: AlertKind;

  @Field(() => Boolean)
  isOn!: boolean;

  @Field(() => String, { description: 'When somebody is told, for people.' })
  sentence!: string;
}

@ObjectType({ description: 'Wall-clock times HH:MM in a zone. Two equal times are no quiet hours at all.' })
export class AlertQuietHours {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;

  @Field(() => String)
  timeZone!: string;

  @Field(() => Boolean, { description: "They are those of the athlete's profile, and are changed there." })
  isOfProfile!: boolean;
}

@ObjectType({ description: 'What one person is told of, for themselves or for one team.' })
export class AlertPreferences {
  @Field(() => ID, { nullable: true, description: "The team it is about; null for the athlete's own." })
  teamId!: string | null;

  @Field(() => [AlertSetting], { description: 'Every kind this person can be told of, most urgent first.' })
  alerts!: AlertSetting[];

  @Field(() => Boolean, { description: 'Whether anything is sent to the browsers of this account at all.' })
  push!: boolean;

  @Field(() => AlertQuietHours)
  quietHours!: AlertQuietHours;

  @Field(() => Int, { description: 'Browsers in which this account turned notifications on.' })
  browsers!: number;

  @Field(() => String, {
    nullable: true,
    description:
      'The key a browser registers with (`applicationServerKey`); null where this installation pushes nothing.',
  })
  pushKey!: string | null;
}

@InputType()
export class AlertSettingInput {
  @Field(() => AlertKindEnum)
  kind!: AlertKind;

  @Field(() => Boolean)
  isOn!: boolean;
}

@InputType({ description: 'Wall-clock times HH:MM. Without a zone, the one in force stays.' })
export class AlertQuietHoursInput {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;

  @Field(() => String, { nullable: true })
  timeZone?: string | null;
}

@InputType({ description: 'What is left out stays as it is.' })
export class AlertPreferencesInput {
  @Field(() => ID, { nullable: true, description: 'Required of a coach: the team it is about.' })
  teamId?: string | null;

  @Field(() => [AlertSettingInput], { nullable: true })
  alerts?: AlertSettingInput[] | null;

  @Field(() => Boolean, { nullable: true })
  push?: boolean | null;

  @Field(() => AlertQuietHoursInput, { nullable: true, description: 'For coaches, for all their teams.' })
  quietHours?: AlertQuietHoursInput | null;
}

@InputType({ description: "A browser's PushSubscription." })
export class BrowserInput {
  @Field(() => String)
  endpoint!: string;

  @Field(() => String, { description: 'keys.p256dh, base64url' })
  p256dh!: string;

  @Field(() => String, { description: 'keys.auth, base64url' })
  auth!: string;

  @Field(() => String, { description: "The browser's time zone: that of a coach's quiet hours until they choose one." })
  timeZone!: string;
}
