package io.millrace.simulator;

import io.millrace.simulator.world.World;

/// A seed that broke a promise: says which, what happened before, and how to see it again.
public final class Failure extends AssertionError {
    private static final long serialVersionUID = 1L;
    private static final int EVENTS_TOLD = 50;

    private final long seed;

    Failure(World world, Plan plan, Throwable cause) {
        super(describe(world, plan, cause), cause);
        this.seed = world.seed();
    }

    public long seed() {
        return seed;
    }

    private static String describe(World world, Plan plan, Throwable cause) {
        return """
                seed %d, after %d events and %d ms: %s
                the plan: %s
                the last events:
                  %s
                again, telling everything: mvn -q -pl simulator -am test -Dtest=SimulatorScenario \
                -Dsurefire.failIfNoSpecifiedTests=false -Dmillrace.simulator.seed=%d
                """.formatted(
                        world.seed(),
                        world.eventsRun(),
                        world.nowMs(),
                        cause,
                        plan,
                        String.join("\n  ", world.trace().last(EVENTS_TOLD)),
                        world.seed());
    }
}
