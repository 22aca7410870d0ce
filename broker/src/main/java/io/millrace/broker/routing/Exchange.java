package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An exchange of a [RoutingTable] with the bindings from it. Immutable.
///
/// @param policyAlternate the alternate exchange a policy gives it
/// @param stamp differs from that of every other state of any exchange
record Exchange(ExchangeSpec spec, @Nullable ExchangeName policyAlternate, ExchangeIndex index, Object stamp) {
    static Exchange declared(ExchangeSpec spec) {
        return new Exchange(spec, null, ExchangeIndex.of(spec), new Object());
    }

    Exchange with(ExchangeIndex changed) {
        return new Exchange(spec, policyAlternate, changed, new Object());
    }

    Exchange withPolicyAlternate(@Nullable ExchangeName alternate) {
        return new Exchange(spec, alternate, index, new Object());
    }

    Optional<ExchangeName> alternate() {
        return spec.alternate().or(() -> Optional.ofNullable(policyAlternate));
    }
}
