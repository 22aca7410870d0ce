package io.millrace.console.resource;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.millrace.broker.topology.PasswordHash;
import io.millrace.broker.topology.TopologyChange.DeleteUser;
import io.millrace.broker.topology.TopologyChange.PutUser;
import io.millrace.broker.topology.UserView;
import io.millrace.console.json.AccountJson;
import io.millrace.console.json.Json;
import io.millrace.console.web.ApiAnswer;
import io.millrace.console.web.Body;
import io.millrace.console.web.Call;
import io.millrace.console.web.Refusal;
import io.millrace.console.web.Routes;
import io.millrace.model.Randomness;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// `/api/users` and `/api/whoami`.
final class Users {
    private final Changes changes;
    /// That stand for three octets.
    private static final int BASE64_LETTERS = 4;

    private final Randomness randomness;

    Users(Changes changes, Randomness randomness) {
        this.changes = changes;
        this.randomness = randomness;
    }

    void addTo(Routes routes) {
        routes.get(
                        "/whoami",
                        call -> call.answer(AccountJson.whoAmI(call.asker().user())))
                .get("/auth/hash_password/{password}", this::hash)
                .get("/users", call -> list(call, user -> true))
                .get("/users/without-permissions", call -> list(call, user -> isStranger(call, user)))
                .post("/users/bulk-delete", this::deleteSome)
                .get("/users/{user}", call -> call.answer(AccountJson.user(user(call), call.topology())))
                .put("/users/{user}", this::put)
                .delete("/users/{user}", this::delete)
                .get("/users/{user}/permissions", Users::permissions);
    }

    private static void list(Call call, Predicate<UserView> filter) throws Refusal {
        call.asker().checkAdministrator();
        ArrayNode list = Json.array();
        call.topology().users().stream()
                .filter(filter)
                .forEach(user -> list.add(AccountJson.user(user, call.topology())));
        call.answer(list);
    }

    /// What a definition's `password_hash` would be.
    private void hash(Call call) {
        call.answer(Json.object().put("ok", PasswordHash.sha256(call.path("password"), randomness)));
    }

    private static boolean isStranger(Call call, UserView user) {
        return call.topology().vhosts().stream()
                .noneMatch(vhost -> vhost.permission(user.name()).isPresent());
    }

    private static UserView user(Call call) throws Refusal {
        call.asker().checkAdministrator();
        return call.topology().user(call.path("user")).orElseThrow(Refusal::notFound);
    }

    private static void permissions(Call call) throws Refusal {
        UserView user = user(call);
        ArrayNode list = Json.array();
        call.topology()
                .vhosts()
                .forEach(vhost -> vhost.permission(user.name())
                        .ifPresent(permission -> list.add(AccountJson.permission(vhost.name(), permission))));
        call.answer(list);
    }

    private void put(Call call) throws Refusal {
        call.asker().checkAdministrator();
        String name = call.path("user");
        boolean isNew = call.topology().user(name).isEmpty();
        UserView user = read(name, call.json(), randomness);
        changes.submit(call, new PutUser(user), _ -> call.answer(ApiAnswer.put(isNew)));
    }

    /// Without a password and without a hash no password lets the user in.
    static UserView read(String name, Body body, Randomness randomness) throws Refusal {
        if (!body.has("tags")) {
            throw Refusal.badRequest("tags_not_present");
        }
        List<String> tags = body.tags("tags");
        Optional<String> password = body.has("password") ? Optional.of(body.text("password")) : Optional.empty();
        if (password.isPresent() && body.has("password_hash")) {
            throw Refusal.badRequest("both_password_and_password_hash_are_provided");
        }
        if (password.isPresent()) {
            String text = password.get();
            String hash = text.isEmpty() ? "" : PasswordHash.sha256(text, randomness);
            return new UserView(name, hash, PasswordHash.SHA256, tags);
        }
        String hash = body.text("password_hash");
        return new UserView(name, checkedHash(hash), body.text("hashing_algorithm", PasswordHash.SHA256), tags);
    }

    private static String checkedHash(String hash) throws Refusal {
        if (!isBase64(hash)) {
            throw Refusal.badTerm("not_base64", hash);
        }
        return hash;
    }

    /// Java takes it without its padding, too; Erlang does not.
    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return text.length() % BASE64_LETTERS == 0;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private void delete(Call call) throws Refusal {
        UserView user = user(call);
        changes.submit(call, new DeleteUser(user.name()), _ -> call.answer(ApiAnswer.noContent()));
    }

    private void deleteSome(Call call) throws Refusal {
        call.asker().checkAdministrator();
        List<String> names = new ArrayList<>();
        call.json().tree().path("users").forEach(name -> names.add(name.asText()));
        names.removeIf(name -> call.topology().user(name).isEmpty());
        deleteFrom(call, names, 0);
    }

    private void deleteFrom(Call call, List<String> names, int at) {
        if (at == names.size()) {
            call.answer(ApiAnswer.noContent());
        } else {
            changes.submit(call, new DeleteUser(names.get(at)), _ -> deleteFrom(call, names, at + 1));
        }
    }
}
