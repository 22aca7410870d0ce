package io.millrace.cluster.controller;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.topology.PasswordHash;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.UserView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.cluster.metadata.TopologyRecord;
import io.millrace.model.Arguments;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
import java.util.List;

/// Gives a cluster that has neither virtual hosts nor users what RabbitMQ begins with: the virtual host `/` and the
/// administrator `guest`, who is let in from the node's own machine only.
public record DeclareDefaults() implements Command<Outcome> {
    private static final VhostName VHOST = new VhostName("/");
    private static final String USER = "guest";
    private static final String ANY = ".*";

    @Override
    public Decision<Outcome> decide(MetadataImage image, Randomness randomness) {
        boolean isVirgin =
                image.topology().vhosts().isEmpty() && image.topology().users().isEmpty();
        if (!isVirgin || !image.level().has(MetadataLevel.TOPOLOGY)) {
            return Decision.unchanged(image, Outcome.OK);
        }
        Decision.Draft draft = new Decision.Draft(image);
        draft.add(new TopologyRecorded(new TopologyRecord.VhostPut(VHOST, Arguments.NONE)));
        draft.add(new TopologyRecorded(new TopologyRecord.UserPut(new UserView(
                USER, PasswordHash.sha256(USER, randomness), PasswordHash.SHA256, List.of("administrator")))));
        draft.add(
                new TopologyRecorded(new TopologyRecord.PermissionPut(VHOST, new PermissionView(USER, ANY, ANY, ANY))));
        return draft.decision(Outcome.OK);
    }

    @Override
    public Outcome refused(Outcome why) {
        return why;
    }
}
