package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.Outcome;
import io.millrace.kafka.mapping.ErrorCodes;
import io.millrace.kafka.mapping.Messages;
import io.millrace.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.requests.AlterConfigsRequest;
import org.apache.kafka.common.requests.AlterConfigsResponse;

/// AlterConfigs (key 33), the old kind: what is not named goes back to its default.
final class HandleAlterConfigs implements Handler<AlterConfigsRequest> {
    private final CatalogChanges changes;

    HandleAlterConfigs(CatalogChanges changes) {
        this.changes = changes;
    }

    @Override
    public void handle(AlterConfigsRequest request, RequestContext context, Reply reply) {
        ConfigAlteration alteration = new ConfigAlteration();
        for (AlterConfigsResource resource : request.data().resources()) {
            List<ConfigChange> wanted = new ArrayList<>();
            Outcome complaint = Outcome.OK;
            for (AlterableConfig config : resource.configs()) {
                wanted.add(new ConfigChange(config.name(), Operation.SET, config.value()));
                if (config.value() == null) {
                    complaint = Outcome.refused(
                            ErrorKind.INVALID_REQUEST, "Null value not supported for: " + config.name());
                }
            }
            alteration.add(resource.resourceType(), resource.resourceName(), true, wanted, complaint);
        }
        alteration.run(changes, request.data().validateOnly(), outcomes -> reply.send(answer(alteration, outcomes)));
    }

    private static AlterConfigsResponse answer(ConfigAlteration alteration, List<Outcome> outcomes) {
        AlterConfigsResponseData data = new AlterConfigsResponseData();
        for (int i = 0; i < outcomes.size(); i++) {
            ConfigAlteration.Named resource = alteration.resources().get(i);
            data.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(resource.type())
                            .setResourceName(resource.name())
                            .setErrorCode(ErrorCodes.code(outcomes.get(i).error()))
                            .setErrorMessage(Messages.of(outcomes.get(i))));
        }
        return new AlterConfigsResponse(data);
    }
}
