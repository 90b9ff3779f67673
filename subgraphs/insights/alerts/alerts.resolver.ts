import { Arg, Ctx, ID, Mutation, Query, Resolver } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { AlertPreferences, AlertPreferencesInput, BrowserInput } from './graph-types.ts';
import { readPreferences, registerBrowser, setPreferences, unregisterBrowser } from './preferences.ts';

@Resolver()
export class AlertResolver {
  @Query(() => AlertPreferences, {
    description: 'What the signed-in person is told of: as a coach for one team, as an athlete about themselves.',
  })
  alertPreferences(
    @Arg('teamId', () => ID, { nullable: true }) teamId: string | null,
    @Ctx() context: InsightsContext,
  ): Promise<AlertPreferences> {
    return readPreferences(context, teamId ?? null);
  }

  @Mutation(() => AlertPreferences)
  setAlertPreferences(
    @Arg('input', () => AlertPreferencesInput) input: AlertPreferencesInput,
    @Ctx() context: InsightsContext,
  ): Promise<AlertPreferences> {
    return setPreferences(context, input);
  }

  @Mutation(() => Boolean, { description: 'Turns notifications on in a browser. A second time changes nothing.' })
  registerBrowser(
    @Arg('input', () => BrowserInput) input: BrowserInput,
    @Ctx() context: InsightsContext,
  ): Promise<boolean> {
    return registerBrowser(context, input);
  }

  @Mutation(() => Boolean, { description: 'Turns notifications off in a browser.' })
  unregisterBrowser(
    @Arg('endpoint', () => String) endpoint: string,
    @Ctx() context: InsightsContext,
  ): Promise<boolean> {
    return unregisterBrowser(context, endpoint);
  }
}
