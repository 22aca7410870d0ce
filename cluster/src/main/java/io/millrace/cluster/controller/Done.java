package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.Randomness;

/// The end of a command that took several steps: nothing more to change, only to answer.
record Done() implements Command<Outcome> {
    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        return Decision.unchanged(image, Outcome.OK);
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
