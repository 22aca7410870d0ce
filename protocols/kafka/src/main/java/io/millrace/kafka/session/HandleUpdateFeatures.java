package io.millrace.kafka.session;

import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.catalog.ClusterChanges.FeatureChange;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import java.util.List;
import org.apache.kafka.clients.admin.FeatureUpdate.UpgradeType;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.UpdateFeaturesRequest;
import org.apache.kafka.common.requests.UpdateFeaturesResponse;

/// UpdateFeatures (key 57, KIP-584, KIP-778): all levels move or none; until version 1 each feature is named in the
/// answer.
final class HandleUpdateFeatures implements Handler<UpdateFeaturesRequest> {
    private static final int RESULTS_TO = 1;

    private final ClusterChanges cluster;

    HandleUpdateFeatures(ClusterChanges cluster) {
        this.cluster = cluster;
    }

    @Override
    public void handle(UpdateFeaturesRequest request, RequestContext context, Reply reply) {
        short version = context.apiVersion();
        List<FeatureChange> changes = request.data().featureUpdates().stream()
                .map(update -> change(update, version))
                .toList();
        cluster.updateFeatures(
                changes,
                request.data().validateOnly(),
                outcome -> reply.send(new UpdateFeaturesResponse(answer(changes, outcome, version))));
    }

    /// Version 0 knows one kind of downgrade.
    private static FeatureChange change(FeatureUpdateKey update, short version) {
        UpgradeType type = UpgradeType.fromCode(update.upgradeType());
        boolean isUnsafe = version == 0 ? update.allowDowngrade() : type == UpgradeType.UNSAFE_DOWNGRADE;
        return new FeatureChange(
                update.feature(),
                update.maxVersionLevel(),
                isUnsafe || version > 0 && type == UpgradeType.SAFE_DOWNGRADE,
                isUnsafe);
    }

    private static UpdateFeaturesResponseData answer(List<FeatureChange> changes, Outcome outcome, short version) {
        UpdateFeaturesResponseData data = new UpdateFeaturesResponseData()
                .setErrorCode(ErrorCodes.code(outcome.error()))
                .setErrorMessage(Messages.of(outcome));
        if (version <= RESULTS_TO && outcome.isOk()) {
            changes.forEach(change -> data.results()
                    .add(new UpdatableFeatureResult()
                            .setFeature(change.feature())
                            .setErrorCode(Errors.NONE.code())
                            .setErrorMessage("")));
        }
        return data;
    }
}
