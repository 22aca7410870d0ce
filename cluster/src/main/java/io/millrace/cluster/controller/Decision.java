package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.ImageChanges;
import io.millrace.cluster.metadata.ImageDraft;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.model.InvariantViolation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What a command comes to: records to commit as one batch, the image they make, and the reply once they are committed.
///
/// @param records empty when nothing changes
/// @param changes where the image after differs
/// @param reply means nothing when there is a rest
/// @param rest what is left to decide on the image after; its reply counts then
public record Decision<R>(
        List<MetadataRecord> records,
        MetadataImage after,
        ImageChanges changes,
        R reply,
        Optional<? extends Command<R>> rest) {
    public Decision {
        records = List.copyOf(records);
    }

    static <R> Decision<R> unchanged(MetadataImage image, R reply) {
        return new Decision<>(List.of(), image, ImageChanges.NONE, reply, Optional.empty());
    }

    /// Records being collected, with the image they make so far: later parts of a command see what earlier ones did.
    static final class Draft {
        private final List<MetadataRecord> records = new ArrayList<>();
        private final ImageDraft draft;
        private MetadataImage image;
        private boolean isCurrent = true;

        Draft(MetadataImage image) {
            this.image = image;
            this.draft = image.draft();
        }

        /// Invariant: nothing is written that came with a later level than the finalised one, for a node may be there
        /// that can not read it. Whoever makes such a record has asked for the level before.
        void add(MetadataRecord record) {
            records.add(record);
            draft.apply(record);
            if (!draft.level().has(record)) {
                throw new InvariantViolation("at level " + draft.level() + " there is no " + record);
            }
            isCurrent = false;
        }

        MetadataImage image() {
            if (!isCurrent) {
                image = draft.image();
                isCurrent = true;
            }
            return image;
        }

        List<MetadataRecord> records() {
            return Collections.unmodifiableList(records);
        }

        int size() {
            return records.size();
        }

        <R> Decision<R> decision(R reply) {
            return new Decision<>(records, image(), draft.changes(), reply, Optional.empty());
        }

        /// One of several batches: `rest` decides what follows, and answers.
        <R> Decision<R> step(Command<R> rest) {
            return new Decision<>(records, image(), draft.changes(), rest.refused(Outcome.OK), Optional.of(rest));
        }
    }
}
