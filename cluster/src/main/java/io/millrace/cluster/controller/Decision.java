package io.millrace.cluster.controller;

import io.millrace.cluster.metadata.ImageDraft;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import java.util.ArrayList;
import java.util.List;

/// What a command comes to: records to commit as one batch, the image they make, and the reply once they are committed.
///
/// @param records empty when nothing changes
public record Decision<R>(List<MetadataRecord> records, MetadataImage after, R reply) {
    public Decision {
        records = List.copyOf(records);
    }

    static <R> Decision<R> unchanged(MetadataImage image, R reply) {
        return new Decision<>(List.of(), image, reply);
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

        void add(MetadataRecord record) {
            records.add(record);
            draft.apply(record);
            isCurrent = false;
        }

        MetadataImage image() {
            if (!isCurrent) {
                image = draft.image();
                isCurrent = true;
            }
            return image;
        }

        <R> Decision<R> decision(R reply) {
            return new Decision<>(records, image(), reply);
        }
    }
}
