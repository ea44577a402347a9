// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

// Servers that have a part of PostgreSQL's catalogs only.

#include "inspect_support.hpp"

#include "support/scripted_server.hpp"

#include <algorithm>
#include <map>
#include <mutex>

namespace {

using namespace coropq::test;
namespace reflected = coropq::reflected;
namespace wire = coropq::test::wire;
using coropq::relation_selection;
using reflected::column;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// Answers what Query Service's documentation shows, and nothing else: names from pg_class and pg_namespace, selects
/// that find nothing, SHOW TABLES.
class query_service {
public:
    std::string answer(const wire::frontend_message& message) {
        switch (message.type) {
        case 'P': {
            const std::size_t text = message.body.find('\0') + 1;
            const std::string sql = message.body.substr(text, message.body.find('\0', text) - text);
            statements_[message.body.substr(0, text - 1)] = sql;
            failed_ = !is_documented(sql);
            return failed_ ? refusal(sql) : wire::parse_complete();
        }
        case 'B': {
            const std::size_t name = message.body.find('\0') + 1;
            const std::size_t end = message.body.find('\0', name);
            current_ = statements_[message.body.substr(name, end - name)];
            read_parameters(message.body.substr(end + 1));
            return failed_ ? "" : wire::bind_complete();
        }
        case 'D': return failed_ ? "" : wire::row_description(columns_of(current_));
        case 'E': return failed_ ? "" : rows_of(current_);
        case 'C': return failed_ ? "" : wire::close_complete();
        case 'S': failed_ = false; return wire::ready_for_query();
        default: return {};
        }
    }

    std::size_t asked(const std::string& part) const {
        const std::scoped_lock lock(mutex_);
        return static_cast<std::size_t>(
            std::count_if(asked_.begin(), asked_.end(), [&](const std::string& sql) { return contains(sql, part); }));
    }

private:
    static bool is_names(const std::string& sql) { return contains(sql, "pg_class c join pg_catalog.pg_namespace n"); }

    bool is_documented(const std::string& sql) {
        {
            const std::scoped_lock lock(mutex_);
            asked_.push_back(sql);
        }
        for (const char* unknown : {"pg_attribute", "pg_type", "pg_constraint", "pg_index", "any (", "any(", "limit",
                                    "with ", "information_schema", "current_schema", "unnest", "lateral"})
            if (contains(sql, unknown))
                return false;
        return is_names(sql) || sql == "show tables" || sql == "select n.nspname from pg_catalog.pg_namespace n" ||
               (sql.starts_with("select * from ") && sql.ends_with(" where 1 = 0"));
    }

    static std::string refusal(const std::string& sql) {
        if (contains(sql, "with "))
            return wire::error_response("ERROR", "42601", "no viable alternative at input 'with recursive'");
        if (contains(sql, "unnest"))
            return wire::error_response("ERROR", "42883", "Function [unnest] not defined.");
        if (contains(sql, "any"))
            return wire::error_response("ERROR", "58000", "ErrorCode: 58000 Analysis error encountered.");
        return wire::error_response("ERROR", "0A000", "not supported");
    }

    static std::vector<wire::column> columns_of(const std::string& sql) {
        if (sql.starts_with("select * from ")) {
            return {{"_id", 25, -1, -1},           {"commerce.order.priceTotal", 701, 8, -1},
                    {"Name", 1043, -1, 34},        {"price", 1700, -1, (12 << 16 | 2) + 4},
                    {"at", 1114, 8, -1},           {"tags", 1009, -1, -1},
                    {"identitymap", 98765, -1, -1}};
        }
        if (sql == "show tables")
            return {{"name"}, {"dataSetId"}, {"dataSet"}, {"description"}, {"resolved"}};
        const std::string outputs = sql.substr(0, sql.find(" from "));
        if (contains(outputs, ","))
            return {{"nspname"}, {"relname"}};
        return {{"name", contains(outputs, "oid") ? 26 : 25}};
    }

    std::string rows_of(const std::string& sql) const {
        std::string found;
        if (sql == "show tables") {
            found += wire::data_row({"web_events", "5c7d", "Web events", "Clicks", "true"});
            found += wire::data_row({"orders", "5c7e", "Orders", std::nullopt, "false"});
        } else if (sql == "select n.nspname from pg_catalog.pg_namespace n") {
            found = wire::data_row({"public"}) + wire::data_row({"pg_catalog"});
        } else if (is_names(sql)) {
            for (const auto& [name, kind] :
                 std::map<std::string, std::string>{{"orders", "r"}, {"web_events", "r"}, {"a\"view", "v"}}) {
                const bool is_asked = !contains(sql, "relname = ") ||
                                      std::find(parameters_.begin(), parameters_.end(), name) != parameters_.end();
                const bool is_there = !contains(sql, "nspname = ") ||
                                      std::find(parameters_.begin(), parameters_.end(), "public") != parameters_.end();
                if (!is_asked || !is_there || !contains(sql.substr(sql.find("relkind")), "'" + kind + "'"))
                    continue;
                const std::size_t columns = columns_of(sql).size();
                found += columns == 2                ? wire::data_row({"public", name})
                         : contains(sql, "c.oid fr") ? wire::data_row({wire::int32(4711)})
                                                     : wire::data_row({name});
            }
        }
        return found + wire::command_complete("SELECT 1");
    }

    void read_parameters(const std::string& bytes) {
        const auto int16 = [&](std::size_t at) {
            return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8 |
                   static_cast<unsigned char>(bytes[at + 1]);
        };
        parameters_.clear();
        std::size_t at = 2 + 2 * int16(0);
        const std::size_t count = int16(at);
        at += 2;
        for (std::size_t i = 0; i != count; ++i) {
            const auto size = static_cast<std::size_t>(wire::read_int32(bytes, at));
            parameters_.push_back(bytes.substr(at + 4, size));
            at += 4 + size;
        }
    }

    mutable std::mutex mutex_;
    std::vector<std::string> asked_;
    std::map<std::string, std::string> statements_;
    std::string current_;
    std::vector<std::string> parameters_;
    bool failed_ = false;
};

struct inspect_query_service : testing::Test {
    query_service service;
    scripted_server server{[this](scripted_session& session) {
        session.log_in();
        session.serve([this](const wire::frontend_message& message) { return service.answer(message); });
    }};
    asio::io_context context;
    coropq::engine engine = coropq::create_engine(context, coropq::url::parse(server.url()),
                                                  coropq::engine_options().pool(coropq::pool_options().size(1)));
    coropq::inspector inspect = engine.inspect();

    ~inspect_query_service() override { run(context, engine.dispose()); }

    template <typename T>
    T get(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        return run(context, std::move(pending), time_limit, where);
    }
    template <typename T>
    std::string unanswered(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        const auto failure = failure_of<coropq::inspection_error>(context, std::move(pending), where);
        EXPECT_EQ(failure.code(), coropq::errc::unsupported) << where.line();
        return failure.what();
    }
};

TEST_F(inspect_query_service, names_come_from_pg_class) {
    EXPECT_EQ(get(inspect.table_names()), (names{"orders", "web_events"}));
    EXPECT_EQ(get(inspect.table_names("public")), (names{"orders", "web_events"}));
    EXPECT_EQ(get(inspect.table_names("other")), names());
    EXPECT_EQ(get(inspect.view_names()), (names{"a\"view"}));
    EXPECT_EQ(get(inspect.schema_names()), (names{"public"}));
    EXPECT_TRUE(get(inspect.has_table("orders")));
    EXPECT_TRUE(get(inspect.has_table("a\"view", "public")));
    EXPECT_FALSE(get(inspect.has_table("Orders")));
    EXPECT_EQ(get(inspect.existing_tables({"web_events", "nothing", "orders"})), (names{"orders", "web_events"}));
}

TEST_F(inspect_query_service, columns_come_from_a_select_that_finds_nothing) {
    const std::vector<column> columns = get(inspect.columns("orders"));
    names found;
    for (const column& each : columns)
        found.push_back(each.name + " " + each.type.text);
    EXPECT_EQ(found, (names{"_id text", "commerce.order.priceTotal double precision", "Name character varying(30)",
                            "price numeric(12,2)", "at timestamp without time zone", "tags text[]",
                            "identitymap the type with OID 98765"}));
    EXPECT_EQ(columns.at(2).type.length, 30);
    EXPECT_EQ(columns.at(3).type.scale, 2);
    EXPECT_EQ(columns.at(5).type.dimensions, 1);
    EXPECT_EQ(columns.at(6).type.oid, 98765u);
    EXPECT_EQ(columns.at(6).position, 7);
    EXPECT_TRUE(columns.at(0).nullable);
    EXPECT_EQ(service.asked("select * from \"orders\" where 1 = 0"), 1u);

    EXPECT_EQ(get(inspect.columns("orders", "public")), columns);
    EXPECT_EQ(service.asked("select * from \"public\".\"orders\" where 1 = 0"), 1u);
    const auto all = get(inspect.columns(relation_selection()));
    EXPECT_EQ(all.size(), 3u);
    EXPECT_EQ(all.at({"public", "a\"view"}), columns);
    EXPECT_EQ(service.asked("select * from \"a\"\"view\" where 1 = 0"), 1u);
    relation_selection some;
    some.names({"web_events", "orders", "nothing"});
    EXPECT_EQ(get(inspect.columns(some)).size(), 2u);
    EXPECT_TRUE(get(inspect.has_column("orders", "Name")));
    EXPECT_FALSE(get(inspect.has_column("orders", "name")));
    EXPECT_FALSE(get(inspect.has_column("nothing", "Name")));
    const auto missing = failure_of<coropq::inspection_error>(context, inspect.columns("nothing"));
    EXPECT_EQ(missing.code(), coropq::errc::no_such_object);
    EXPECT_EQ(service.asked("limit 0"), 0u) << "which would be no limit";
}

TEST_F(inspect_query_service, datasets_come_from_show_tables) {
    const std::vector<reflected::dataset> datasets = get(inspect.datasets());
    ASSERT_EQ(datasets.size(), 2u);
    reflected::dataset orders;
    orders.name = "orders";
    orders.id = "5c7e";
    orders.title = "Orders";
    orders.resolved = false;
    EXPECT_EQ(datasets[0], orders);
    EXPECT_EQ(datasets[1].description, "Clicks");
    EXPECT_EQ(datasets[1].resolved, true);
}

// Once for the engine, whichever of its inspectors asks.
TEST_F(inspect_query_service, what_cannot_be_answered_says_so_and_is_not_asked_again) {
    const std::string text = unanswered(inspect.foreign_keys("orders"));
    EXPECT_TRUE(contains(text, "the server can't answer this question of the inspector")) << text;
    EXPECT_TRUE(contains(text, "no viable alternative") || contains(text, "58000")) << text;
    EXPECT_TRUE(contains(text, "Query Service")) << text;
    EXPECT_EQ(service.asked("pg_constraint"), 1u);
    unanswered(inspect.foreign_keys("web_events"));
    unanswered(engine.inspect().foreign_keys("orders"));
    EXPECT_EQ(service.asked("pg_constraint"), 1u);
    for (int i = 0; i != 3; ++i)
        EXPECT_EQ(get(engine.inspect().columns("orders")).size(), 7u);
    EXPECT_EQ(service.asked("attnotnull"), 1u);
    unanswered(inspect.indexes("orders"));
    unanswered(inspect.search_path());
    unanswered(inspect.enums());
    unanswered(inspect.default_schema());
    EXPECT_EQ(get(inspect.table_names()).size(), 2u);
}

TEST_F(inspect_query_service, also_on_a_connection) {
    coropq::connection conn = get(engine.connect());
    const coropq::inspector alone = conn.inspect();
    EXPECT_EQ(get(alone.columns("orders")).size(), 7u);
    EXPECT_EQ(get(alone.columns("orders")).size(), 7u);
    EXPECT_EQ(service.asked("attnotnull"), 1u);
    unanswered(alone.primary_key("orders"));
    EXPECT_EQ(get(alone.datasets()).size(), 2u);
}

struct inspect_partial_server : inspect_fixture {
    template <typename T>
    std::string unsupported(asio::awaitable<T> pending, std::source_location where = std::source_location::current()) {
        const auto failure = failure_of<coropq::inspection_error>(context, std::move(pending), where);
        EXPECT_EQ(failure.code(), coropq::errc::unsupported) << where.line();
        return failure.what();
    }
};

constexpr const char* every_type =
    "create table t (b boolean, i2 smallint, i4 integer, i8 bigint, f4 real, f8 double precision, n numeric, "
    "n1 numeric(10), n2 numeric(10, 3), c5 char(5), v varchar, v30 varchar(30), t text, nm name, ch \"char\", by "
    "bytea, "
    "d date, ti time, ti3 time(3), tz timetz, tz0 time(0) with time zone, ts timestamp, ts6 timestamp(6), tstz "
    "timestamptz, "
    "tstz2 timestamptz(2), iv interval, iv3 interval(3), ivy interval year to month, ivd interval day to second(2), "
    "bi8 bit(8), vb bit varying, vb9 bit varying(9), u uuid, x xml, j json, jb jsonb, ip inet, ci cidr, ma macaddr, "
    "tv tsvector, o oid, rc regclass, pt point, bx box, r4 int4range, rtz tstzrange, mrn nummultirange, ia int[], "
    "va varchar(5)[], na numeric(4, 1)[], tza timestamptz(3)[], ra daterange[])";

// As a server with catalogs that the user may not read: what a select says is the same.
TEST_F(inspect_partial_server, forbidden_catalogs_leave_what_a_select_says) {
    sql(every_type);
    sql("create view \"a \"\"view\" as select i4, v30 from t");
    const std::vector<column> known = get(inspect.columns("t"));
    std::vector<column> columns = known;
    auto all = get(inspect.columns(relation_selection()));
    // A select doesn't tell that.
    for (column& each : columns)
        each.storage.reset();
    for (auto& [name, found] : all) {
        for (column& each : found)
            each.storage.reset();
    }
    EXPECT_TRUE(get(inspect.foreign_keys("t")).empty());
    superuser_sql("revoke all on pg_catalog.pg_attribute, pg_catalog.pg_index from public");
    const coropq::engine other = coropq::create_engine(context, plain_address(database));
    const coropq::inspector partial = other.inspect();
    EXPECT_EQ(get(partial.columns("t")), columns);
    EXPECT_EQ(get(partial.columns(relation_selection())), all);
    EXPECT_EQ(get(partial.columns(relation_selection("public"))), all);
    EXPECT_TRUE(get(partial.has_column("t", "i4")));
    EXPECT_FALSE(get(partial.has_column("t", "nope")));
    missing(partial.columns("nope"));
    const std::string refusal = unsupported(partial.indexes("t"));
    EXPECT_TRUE(contains(refusal, "permission denied for table pg_")) << refusal;
    EXPECT_TRUE(contains(refusal, "42501")) << refusal;
    EXPECT_EQ(get(partial.table_names()), (names{"t"}));
    for (const std::string& text : {unsupported(partial.snapshot()), unsupported(partial.reflect("t"))})
        EXPECT_TRUE(contains(text, "permission denied for table pg_")) << text;

    // What the server has answered before isn't taken for something that it can't do.
    const auto refused = failure_of<coropq::server_error>(context, inspect.foreign_keys("t"));
    EXPECT_EQ(refused.code(), coropq::sqlstate::insufficient_privilege);
    superuser_sql("grant select on pg_catalog.pg_attribute, pg_catalog.pg_index to public");
    EXPECT_TRUE(get(inspect.foreign_keys("t")).empty());
    EXPECT_EQ(get(inspect.columns("t")), known);
    run(context, other.dispose());
}

TEST_F(inspect_partial_server, datasets_are_query_services) {
    const std::string refusal = unsupported(inspect.datasets());
    EXPECT_TRUE(contains(refusal, "datasets")) << refusal;
}

} // namespace
