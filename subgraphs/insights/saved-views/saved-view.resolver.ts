import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from 'type-graphql';
import type { InsightsContext } from '../context.ts';
import { Team } from '../roster/graph-types.ts';
import { SavedView, SaveViewInput } from './graph-types.ts';
import { readViews, removeView, renameView, saveView } from './saved-views.ts';

@Resolver(() => Team)
export class SavedViewResolver {
  @FieldResolver(() => [SavedView], {
    nullable: true,
    description: "The signed-in coach's own, by name. Null for whoever is no coach of the team.",
  })
  savedViews(@Root() team: Team, @Ctx() context: InsightsContext): Promise<SavedView[] | null> {
    return readViews(context, team.id);
  }

  @Mutation(() => SavedView, { description: 'Keeps a view under a name; one of the same name is replaced.' })
  saveView(
    @Arg('input', () => SaveViewInput) input: SaveViewInput,
    @Ctx() context: InsightsContext,
  ): Promise<SavedView> {
    return saveView(context, input);
  }

  @Mutation(() => SavedView, {
    description: 'Gives one of your views another name. CONFLICT where that name is taken.',
  })
  renameView(
    @Arg('id', () => ID) id: string,
    @Arg('name', () => String) name: string,
    @Ctx() context: InsightsContext,
  ): Promise<SavedView> {
    return renameView(context, { id, name });
  }

  @Mutation(() => Boolean, { description: 'Forgets one of your views. One that is not there is no mistake.' })
  removeView(@Arg('id', () => ID) id: string, @Ctx() context: InsightsContext): Promise<boolean> {
    return removeView(context, id);
  }
}
