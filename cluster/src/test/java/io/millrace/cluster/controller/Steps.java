package io.millrace.cluster.controller;

import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.testkit.SeededRandomness;
import java.util.Optional;

/// Decides commands to their end, step by step, as the queue does.
final class Steps {
    private final SeededRandomness randomness = new SeededRandomness(7);
    private MetadataImage image;
    private int largest;

    Steps(MetadataImage image) {
        this.image = image;
    }

    MetadataImage image() {
        return image;
    }

    /// Records of the largest step so far.
    int largest() {
        return largest;
    }

    <R> R run(Command<R> command) {
        return run(command, Integer.MAX_VALUE).orElseThrow();
    }

    /// Decides at most `stepsMax` steps: a controller that fails leaves the rest undone.
    <R> Optional<R> run(Command<R> command, int stepsMax) {
        Command<R> next = command;
        for (int step = 0; step < stepsMax; step++) {
            Decision<R> decision = next.decide(image, randomness);
            // What is committed is what the records say, not what the decision made of them.
            image = image.with(decision.records());
            largest = Math.max(largest, decision.records().size());
            if (decision.rest().isEmpty()) {
                return Optional.of(decision.reply());
            }
            next = decision.rest().get();
        }
        return Optional.empty();
    }
}
