package io.millrace.cli.cluster;

import io.millrace.cli.client.Replies;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;

/// What level of the metadata a cluster works at, as a client is told; empty when it tells none.
///
/// @param newest the highest one that the node asked knows
record ClusterLevels(Optional<Integer> finalised, Optional<Integer> newest) {
    static final String FEATURE = "millrace.version";

    static ClusterLevels ask(Admin admin) {
        FeatureMetadata features = Replies.await(admin, admin.describeFeatures().featureMetadata());
        return new ClusterLevels(
                Optional.ofNullable(features.finalizedFeatures().get(FEATURE))
                        .map(range -> (int) range.maxVersionLevel()),
                Optional.ofNullable(features.supportedFeatures().get(FEATURE)).map(range -> (int) range.maxVersion()));
    }
}
