package io.millrace.console.resource;

import io.millrace.console.json.Json;
import io.millrace.console.web.Call;
import io.millrace.console.web.Handler;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import java.util.List;

/// Policies, parameters, limits and topic permissions. There are none, so they can be listed and not made; a path to
/// one of them answers 405 to a PUT.
final class Policies {
    void addTo(Routes routes) {
        for (String kind : List.of("/policies", "/operator-policies", "/vhost-limits")) {
            routes.get(kind, Policies::none)
                    .get(kind + "/{vhost}", Policies::noneIn)
                    .get(kind + "/{vhost}/{name}", notThere());
        }
        routes.get("/user-limits", Policies::none)
                .get("/user-limits/{user}", Policies::none)
                .get("/topic-permissions", Policies::none)
                .get("/topic-permissions/{vhost}/{user}", notThere())
                .get("/parameters", Policies::noneForPolicyMakers)
                .get("/parameters/{component}", Policies::noneForPolicyMakers)
                .get("/parameters/{component}/{vhost}", Policies::noneIn)
                .get("/parameters/{component}/{vhost}/{name}", notThere())
                .get("/global-parameters", Policies::noneForPolicyMakers)
                .get("/global-parameters/{name}", notThere());
    }

    private static void none(Call call) {
        call.answer(Json.array());
    }

    private static void noneForPolicyMakers(Call call) throws Refusal {
        call.asker().checkPolicyMaker();
        call.answer(Json.array());
    }

    private static void noneIn(Call call) throws Refusal {
        call.vhost();
        call.answer(Json.array());
    }

    private static Handler notThere() {
        return call -> {
            throw Refusal.notFound();
        };
    }
}
