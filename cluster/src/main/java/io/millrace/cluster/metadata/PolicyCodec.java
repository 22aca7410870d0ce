package io.millrace.cluster.metadata;

import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;

/// Policies, topic permissions and parameters as bytes, in records and in calls between nodes.
public final class PolicyCodec {
    private PolicyCodec() {}

    public static void writePolicy(RecordWriter out, PolicyView policy) {
        out.writeText(policy.name());
        out.writeText(policy.pattern());
        out.writeText(policy.target().word());
        out.writeSigned(policy.priority());
        ArgumentsCodec.write(out, policy.definition());
    }

    public static PolicyView readPolicy(RecordReader in) throws MalformedRecord {
        String name = in.readText();
        String pattern = in.readText();
        String word = in.readText();
        PolicyTarget target =
                PolicyTarget.find(word).orElseThrow(() -> new MalformedRecord("target of a policy '" + word + "'"));
        return new PolicyView(name, pattern, target, in.readSigned(), ArgumentsCodec.read(in));
    }

    public static void writePermission(RecordWriter out, TopicPermissionView permission) {
        out.writeText(permission.user());
        out.writeText(permission.exchange().value());
        out.writeText(permission.write());
        out.writeText(permission.read());
    }

    public static TopicPermissionView readPermission(RecordReader in) throws MalformedRecord {
        return new TopicPermissionView(in.readText(), new ExchangeName(in.readText()), in.readText(), in.readText());
    }

    public static void writeKey(RecordWriter out, ParameterKey key) {
        TopologyRecordCodec.writeOptional(out, key.vhost(), (each, vhost) -> each.writeText(vhost.value()));
        out.writeText(key.component());
        out.writeText(key.name());
    }

    public static ParameterKey readKey(RecordReader in) throws MalformedRecord {
        return new ParameterKey(
                TopologyRecordCodec.readOptional(in, each -> new VhostName(each.readText())),
                in.readText(),
                in.readText());
    }
}
