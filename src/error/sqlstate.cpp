// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#include <coropq/sqlstate.hpp>

namespace coropq {

namespace {

const char* condition_name(sqlstate value) noexcept {
    switch (value) {
    case sqlstate::successful_completion: return "successful_completion";
    case sqlstate::warning: return "warning";
    case sqlstate::dynamic_result_sets_returned: return "dynamic_result_sets_returned";
    case sqlstate::implicit_zero_bit_padding: return "implicit_zero_bit_padding";
    case sqlstate::null_value_eliminated_in_set_function: return "null_value_eliminated_in_set_function";
    case sqlstate::privilege_not_granted: return "privilege_not_granted";
    case sqlstate::privilege_not_revoked: return "privilege_not_revoked";
    case sqlstate::warning_string_data_right_truncation: return "warning_string_data_right_truncation";
    case sqlstate::deprecated_feature: return "deprecated_feature";
    case sqlstate::no_data: return "no_data";
    case sqlstate::no_additional_dynamic_result_sets_returned: return "no_additional_dynamic_result_sets_returned";
    case sqlstate::sql_statement_not_yet_complete: return "sql_statement_not_yet_complete";
    case sqlstate::connection_exception: return "connection_exception";
    case sqlstate::connection_does_not_exist: return "connection_does_not_exist";
    case sqlstate::connection_failure: return "connection_failure";
    case sqlstate::sqlclient_unable_to_establish_sqlconnection: return "sqlclient_unable_to_establish_sqlconnection";
    case sqlstate::sqlserver_rejected_establishment_of_sqlconnection:
        return "sqlserver_rejected_establishment_of_sqlconnection";
    case sqlstate::transaction_resolution_unknown: return "transaction_resolution_unknown";
    case sqlstate::protocol_violation: return "protocol_violation";
    case sqlstate::triggered_action_exception: return "triggered_action_exception";
    case sqlstate::feature_not_supported: return "feature_not_supported";
    case sqlstate::invalid_transaction_initiation: return "invalid_transaction_initiation";
    case sqlstate::locator_exception: return "locator_exception";
    case sqlstate::invalid_locator_specification: return "invalid_locator_specification";
    case sqlstate::invalid_grantor: return "invalid_grantor";
    case sqlstate::invalid_grant_operation: return "invalid_grant_operation";
    case sqlstate::invalid_role_specification: return "invalid_role_specification";
    case sqlstate::diagnostics_exception: return "diagnostics_exception";
    case sqlstate::stacked_diagnostics_accessed_without_active_handler:
        return "stacked_diagnostics_accessed_without_active_handler";
    case sqlstate::case_not_found: return "case_not_found";
    case sqlstate::cardinality_violation: return "cardinality_violation";
    case sqlstate::data_exception: return "data_exception";
    case sqlstate::array_subscript_error: return "array_subscript_error";
    case sqlstate::character_not_in_repertoire: return "character_not_in_repertoire";
    case sqlstate::datetime_field_overflow: return "datetime_field_overflow";
    case sqlstate::division_by_zero: return "division_by_zero";
    case sqlstate::error_in_assignment: return "error_in_assignment";
    case sqlstate::escape_character_conflict: return "escape_character_conflict";
    case sqlstate::indicator_overflow: return "indicator_overflow";
    case sqlstate::interval_field_overflow: return "interval_field_overflow";
    case sqlstate::invalid_argument_for_logarithm: return "invalid_argument_for_logarithm";
    case sqlstate::invalid_argument_for_ntile_function: return "invalid_argument_for_ntile_function";
    case sqlstate::invalid_argument_for_nth_value_function: return "invalid_argument_for_nth_value_function";
    case sqlstate::invalid_argument_for_power_function: return "invalid_argument_for_power_function";
    case sqlstate::invalid_argument_for_width_bucket_function: return "invalid_argument_for_width_bucket_function";
    case sqlstate::invalid_character_value_for_cast: return "invalid_character_value_for_cast";
    case sqlstate::invalid_datetime_format: return "invalid_datetime_format";
    case sqlstate::invalid_escape_character: return "invalid_escape_character";
    case sqlstate::invalid_escape_octet: return "invalid_escape_octet";
    case sqlstate::invalid_escape_sequence: return "invalid_escape_sequence";
    case sqlstate::nonstandard_use_of_escape_character: return "nonstandard_use_of_escape_character";
    case sqlstate::invalid_indicator_parameter_value: return "invalid_indicator_parameter_value";
    case sqlstate::invalid_parameter_value: return "invalid_parameter_value";
    case sqlstate::invalid_preceding_or_following_size: return "invalid_preceding_or_following_size";
    case sqlstate::invalid_regular_expression: return "invalid_regular_expression";
    case sqlstate::invalid_row_count_in_limit_clause: return "invalid_row_count_in_limit_clause";
    case sqlstate::invalid_row_count_in_result_offset_clause: return "invalid_row_count_in_result_offset_clause";
    case sqlstate::invalid_tablesample_argument: return "invalid_tablesample_argument";
    case sqlstate::invalid_tablesample_repeat: return "invalid_tablesample_repeat";
    case sqlstate::invalid_time_zone_displacement_value: return "invalid_time_zone_displacement_value";
    case sqlstate::invalid_use_of_escape_character: return "invalid_use_of_escape_character";
    case sqlstate::most_specific_type_mismatch: return "most_specific_type_mismatch";
    case sqlstate::null_value_not_allowed: return "null_value_not_allowed";
    case sqlstate::null_value_no_indicator_parameter: return "null_value_no_indicator_parameter";
    case sqlstate::numeric_value_out_of_range: return "numeric_value_out_of_range";
    case sqlstate::sequence_generator_limit_exceeded: return "sequence_generator_limit_exceeded";
    case sqlstate::string_data_length_mismatch: return "string_data_length_mismatch";
    case sqlstate::string_data_right_truncation: return "string_data_right_truncation";
    case sqlstate::substring_error: return "substring_error";
    case sqlstate::trim_error: return "trim_error";
    case sqlstate::unterminated_c_string: return "unterminated_c_string";
    case sqlstate::zero_length_character_string: return "zero_length_character_string";
    case sqlstate::floating_point_exception: return "floating_point_exception";
    case sqlstate::invalid_text_representation: return "invalid_text_representation";
    case sqlstate::invalid_binary_representation: return "invalid_binary_representation";
    case sqlstate::bad_copy_file_format: return "bad_copy_file_format";
    case sqlstate::untranslatable_character: return "untranslatable_character";
    case sqlstate::datum_version_mismatch: return "datum_version_mismatch";
    case sqlstate::not_an_xml_document: return "not_an_xml_document";
    case sqlstate::invalid_xml_document: return "invalid_xml_document";
    case sqlstate::invalid_xml_content: return "invalid_xml_content";
    case sqlstate::invalid_xml_comment: return "invalid_xml_comment";
    case sqlstate::invalid_xml_processing_instruction: return "invalid_xml_processing_instruction";
    case sqlstate::duplicate_json_object_key_value: return "duplicate_json_object_key_value";
    case sqlstate::invalid_argument_for_sql_json_datetime_function:
        return "invalid_argument_for_sql_json_datetime_function";
    case sqlstate::invalid_json_text: return "invalid_json_text";
    case sqlstate::invalid_sql_json_subscript: return "invalid_sql_json_subscript";
    case sqlstate::more_than_one_sql_json_item: return "more_than_one_sql_json_item";
    case sqlstate::no_sql_json_item: return "no_sql_json_item";
    case sqlstate::non_numeric_sql_json_item: return "non_numeric_sql_json_item";
    case sqlstate::non_unique_keys_in_a_json_object: return "non_unique_keys_in_a_json_object";
    case sqlstate::singleton_sql_json_item_required: return "singleton_sql_json_item_required";
    case sqlstate::sql_json_array_not_found: return "sql_json_array_not_found";
    case sqlstate::sql_json_member_not_found: return "sql_json_member_not_found";
    case sqlstate::sql_json_number_not_found: return "sql_json_number_not_found";
    case sqlstate::sql_json_object_not_found: return "sql_json_object_not_found";
    case sqlstate::too_many_json_array_elements: return "too_many_json_array_elements";
    case sqlstate::too_many_json_object_members: return "too_many_json_object_members";
    case sqlstate::sql_json_scalar_required: return "sql_json_scalar_required";
    case sqlstate::sql_json_item_cannot_be_cast_to_target_type: return "sql_json_item_cannot_be_cast_to_target_type";
    case sqlstate::integrity_constraint_violation: return "integrity_constraint_violation";
    case sqlstate::restrict_violation: return "restrict_violation";
    case sqlstate::not_null_violation: return "not_null_violation";
    case sqlstate::foreign_key_violation: return "foreign_key_violation";
    case sqlstate::unique_violation: return "unique_violation";
    case sqlstate::check_violation: return "check_violation";
    case sqlstate::exclusion_violation: return "exclusion_violation";
    case sqlstate::invalid_cursor_state: return "invalid_cursor_state";
    case sqlstate::invalid_transaction_state: return "invalid_transaction_state";
    case sqlstate::active_sql_transaction: return "active_sql_transaction";
    case sqlstate::branch_transaction_already_active: return "branch_transaction_already_active";
    case sqlstate::held_cursor_requires_same_isolation_level: return "held_cursor_requires_same_isolation_level";
    case sqlstate::inappropriate_access_mode_for_branch_transaction:
        return "inappropriate_access_mode_for_branch_transaction";
    case sqlstate::inappropriate_isolation_level_for_branch_transaction:
        return "inappropriate_isolation_level_for_branch_transaction";
    case sqlstate::no_active_sql_transaction_for_branch_transaction:
        return "no_active_sql_transaction_for_branch_transaction";
    case sqlstate::read_only_sql_transaction: return "read_only_sql_transaction";
    case sqlstate::schema_and_data_statement_mixing_not_supported:
        return "schema_and_data_statement_mixing_not_supported";
    case sqlstate::no_active_sql_transaction: return "no_active_sql_transaction";
    case sqlstate::in_failed_sql_transaction: return "in_failed_sql_transaction";
    case sqlstate::idle_in_transaction_session_timeout: return "idle_in_transaction_session_timeout";
    case sqlstate::invalid_sql_statement_name: return "invalid_sql_statement_name";
    case sqlstate::triggered_data_change_violation: return "triggered_data_change_violation";
    case sqlstate::invalid_authorization_specification: return "invalid_authorization_specification";
    case sqlstate::invalid_password: return "invalid_password";
    case sqlstate::dependent_privilege_descriptors_still_exist: return "dependent_privilege_descriptors_still_exist";
    case sqlstate::dependent_objects_still_exist: return "dependent_objects_still_exist";
    case sqlstate::invalid_transaction_termination: return "invalid_transaction_termination";
    case sqlstate::sql_routine_exception: return "sql_routine_exception";
    case sqlstate::function_executed_no_return_statement: return "function_executed_no_return_statement";
    case sqlstate::sql_routine_modifying_sql_data_not_permitted: return "sql_routine_modifying_sql_data_not_permitted";
    case sqlstate::sql_routine_prohibited_sql_statement_attempted:
        return "sql_routine_prohibited_sql_statement_attempted";
    case sqlstate::sql_routine_reading_sql_data_not_permitted: return "sql_routine_reading_sql_data_not_permitted";
    case sqlstate::invalid_cursor_name: return "invalid_cursor_name";
    case sqlstate::external_routine_exception: return "external_routine_exception";
    case sqlstate::containing_sql_not_permitted: return "containing_sql_not_permitted";
    case sqlstate::external_routine_modifying_sql_data_not_permitted:
        return "external_routine_modifying_sql_data_not_permitted";
    case sqlstate::external_routine_prohibited_sql_statement_attempted:
        return "external_routine_prohibited_sql_statement_attempted";
    case sqlstate::external_routine_reading_sql_data_not_permitted:
        return "external_routine_reading_sql_data_not_permitted";
    case sqlstate::external_routine_invocation_exception: return "external_routine_invocation_exception";
    case sqlstate::invalid_sqlstate_returned: return "invalid_sqlstate_returned";
    case sqlstate::external_routine_invocation_null_value_not_allowed:
        return "external_routine_invocation_null_value_not_allowed";
    case sqlstate::trigger_protocol_violated: return "trigger_protocol_violated";
    case sqlstate::srf_protocol_violated: return "srf_protocol_violated";
    case sqlstate::event_trigger_protocol_violated: return "event_trigger_protocol_violated";
    case sqlstate::savepoint_exception: return "savepoint_exception";
    case sqlstate::invalid_savepoint_specification: return "invalid_savepoint_specification";
    case sqlstate::invalid_catalog_name: return "invalid_catalog_name";
    case sqlstate::invalid_schema_name: return "invalid_schema_name";
    case sqlstate::transaction_rollback: return "transaction_rollback";
    case sqlstate::transaction_integrity_constraint_violation: return "transaction_integrity_constraint_violation";
    case sqlstate::serialization_failure: return "serialization_failure";
    case sqlstate::statement_completion_unknown: return "statement_completion_unknown";
    case sqlstate::deadlock_detected: return "deadlock_detected";
    case sqlstate::syntax_error_or_access_rule_violation: return "syntax_error_or_access_rule_violation";
    case sqlstate::syntax_error: return "syntax_error";
    case sqlstate::insufficient_privilege: return "insufficient_privilege";
    case sqlstate::cannot_coerce: return "cannot_coerce";
    case sqlstate::grouping_error: return "grouping_error";
    case sqlstate::windowing_error: return "windowing_error";
    case sqlstate::invalid_recursion: return "invalid_recursion";
    case sqlstate::invalid_foreign_key: return "invalid_foreign_key";
    case sqlstate::invalid_name: return "invalid_name";
    case sqlstate::name_too_long: return "name_too_long";
    case sqlstate::reserved_name: return "reserved_name";
    case sqlstate::datatype_mismatch: return "datatype_mismatch";
    case sqlstate::indeterminate_datatype: return "indeterminate_datatype";
    case sqlstate::collation_mismatch: return "collation_mismatch";
    case sqlstate::indeterminate_collation: return "indeterminate_collation";
    case sqlstate::wrong_object_type: return "wrong_object_type";
    case sqlstate::generated_always: return "generated_always";
    case sqlstate::undefined_column: return "undefined_column";
    case sqlstate::undefined_function: return "undefined_function";
    case sqlstate::undefined_table: return "undefined_table";
    case sqlstate::undefined_parameter: return "undefined_parameter";
    case sqlstate::undefined_object: return "undefined_object";
    case sqlstate::duplicate_column: return "duplicate_column";
    case sqlstate::duplicate_cursor: return "duplicate_cursor";
    case sqlstate::duplicate_database: return "duplicate_database";
    case sqlstate::duplicate_function: return "duplicate_function";
    case sqlstate::duplicate_prepared_statement: return "duplicate_prepared_statement";
    case sqlstate::duplicate_schema: return "duplicate_schema";
    case sqlstate::duplicate_table: return "duplicate_table";
    case sqlstate::duplicate_alias: return "duplicate_alias";
    case sqlstate::duplicate_object: return "duplicate_object";
    case sqlstate::ambiguous_column: return "ambiguous_column";
    case sqlstate::ambiguous_function: return "ambiguous_function";
    case sqlstate::ambiguous_parameter: return "ambiguous_parameter";
    case sqlstate::ambiguous_alias: return "ambiguous_alias";
    case sqlstate::invalid_column_reference: return "invalid_column_reference";
    case sqlstate::invalid_column_definition: return "invalid_column_definition";
    case sqlstate::invalid_cursor_definition: return "invalid_cursor_definition";
    case sqlstate::invalid_database_definition: return "invalid_database_definition";
    case sqlstate::invalid_function_definition: return "invalid_function_definition";
    case sqlstate::invalid_prepared_statement_definition: return "invalid_prepared_statement_definition";
    case sqlstate::invalid_schema_definition: return "invalid_schema_definition";
    case sqlstate::invalid_table_definition: return "invalid_table_definition";
    case sqlstate::invalid_object_definition: return "invalid_object_definition";
    case sqlstate::with_check_option_violation: return "with_check_option_violation";
    case sqlstate::insufficient_resources: return "insufficient_resources";
    case sqlstate::disk_full: return "disk_full";
    case sqlstate::out_of_memory: return "out_of_memory";
    case sqlstate::too_many_connections: return "too_many_connections";
    case sqlstate::configuration_limit_exceeded: return "configuration_limit_exceeded";
    case sqlstate::program_limit_exceeded: return "program_limit_exceeded";
    case sqlstate::statement_too_complex: return "statement_too_complex";
    case sqlstate::too_many_columns: return "too_many_columns";
    case sqlstate::too_many_arguments: return "too_many_arguments";
    case sqlstate::object_not_in_prerequisite_state: return "object_not_in_prerequisite_state";
    case sqlstate::object_in_use: return "object_in_use";
    case sqlstate::cant_change_runtime_param: return "cant_change_runtime_param";
    case sqlstate::lock_not_available: return "lock_not_available";
    case sqlstate::unsafe_new_enum_value_usage: return "unsafe_new_enum_value_usage";
    case sqlstate::operator_intervention: return "operator_intervention";
    case sqlstate::query_canceled: return "query_canceled";
    case sqlstate::admin_shutdown: return "admin_shutdown";
    case sqlstate::crash_shutdown: return "crash_shutdown";
    case sqlstate::cannot_connect_now: return "cannot_connect_now";
    case sqlstate::database_dropped: return "database_dropped";
    case sqlstate::idle_session_timeout: return "idle_session_timeout";
    case sqlstate::system_error: return "system_error";
    case sqlstate::io_error: return "io_error";
    case sqlstate::undefined_file: return "undefined_file";
    case sqlstate::duplicate_file: return "duplicate_file";
    case sqlstate::snapshot_too_old: return "snapshot_too_old";
    case sqlstate::config_file_error: return "config_file_error";
    case sqlstate::lock_file_exists: return "lock_file_exists";
    case sqlstate::fdw_error: return "fdw_error";
    case sqlstate::fdw_column_name_not_found: return "fdw_column_name_not_found";
    case sqlstate::fdw_dynamic_parameter_value_needed: return "fdw_dynamic_parameter_value_needed";
    case sqlstate::fdw_function_sequence_error: return "fdw_function_sequence_error";
    case sqlstate::fdw_inconsistent_descriptor_information: return "fdw_inconsistent_descriptor_information";
    case sqlstate::fdw_invalid_attribute_value: return "fdw_invalid_attribute_value";
    case sqlstate::fdw_invalid_column_name: return "fdw_invalid_column_name";
    case sqlstate::fdw_invalid_column_number: return "fdw_invalid_column_number";
    case sqlstate::fdw_invalid_data_type: return "fdw_invalid_data_type";
    case sqlstate::fdw_invalid_data_type_descriptors: return "fdw_invalid_data_type_descriptors";
    case sqlstate::fdw_invalid_descriptor_field_identifier: return "fdw_invalid_descriptor_field_identifier";
    case sqlstate::fdw_invalid_handle: return "fdw_invalid_handle";
    case sqlstate::fdw_invalid_option_index: return "fdw_invalid_option_index";
    case sqlstate::fdw_invalid_option_name: return "fdw_invalid_option_name";
    case sqlstate::fdw_invalid_string_length_or_buffer_length: return "fdw_invalid_string_length_or_buffer_length";
    case sqlstate::fdw_invalid_string_format: return "fdw_invalid_string_format";
    case sqlstate::fdw_invalid_use_of_null_pointer: return "fdw_invalid_use_of_null_pointer";
    case sqlstate::fdw_too_many_handles: return "fdw_too_many_handles";
    case sqlstate::fdw_out_of_memory: return "fdw_out_of_memory";
    case sqlstate::fdw_no_schemas: return "fdw_no_schemas";
    case sqlstate::fdw_option_name_not_found: return "fdw_option_name_not_found";
    case sqlstate::fdw_reply_handle: return "fdw_reply_handle";
    case sqlstate::fdw_schema_not_found: return "fdw_schema_not_found";
    case sqlstate::fdw_table_not_found: return "fdw_table_not_found";
    case sqlstate::fdw_unable_to_create_execution: return "fdw_unable_to_create_execution";
    case sqlstate::fdw_unable_to_create_reply: return "fdw_unable_to_create_reply";
    case sqlstate::fdw_unable_to_establish_connection: return "fdw_unable_to_establish_connection";
    case sqlstate::plpgsql_error: return "plpgsql_error";
    case sqlstate::raise_exception: return "raise_exception";
    case sqlstate::no_data_found: return "no_data_found";
    case sqlstate::too_many_rows: return "too_many_rows";
    case sqlstate::assert_failure: return "assert_failure";
    case sqlstate::internal_error: return "internal_error";
    case sqlstate::data_corrupted: return "data_corrupted";
    case sqlstate::index_corrupted: return "index_corrupted";
    }
    return nullptr;
}

class sqlstate_category_type final : public boost::system::error_category {
public:
    // An id of our own makes the category compare equal in every shared object that links the library statically.
    constexpr sqlstate_category_type() noexcept : error_category(0x636f726f70710001ULL) {}

    const char* name() const noexcept override { return "coropq.sqlstate"; }

    std::string message(int value) const override {
        std::string text = sqlstate_text({value, *this});
        if (const char* condition = condition_name(static_cast<sqlstate>(value)))
            return std::string(condition) + " (" + text + ")";
        return "SQLSTATE " + text;
    }
};

} // namespace

const boost::system::error_category& sqlstate_category() noexcept {
    static const sqlstate_category_type category;
    return category;
}

boost::system::error_code make_sqlstate_code(std::string_view five_characters) noexcept {
    const int value = detail::encode_sqlstate(five_characters);
    return {value != 0 ? value : static_cast<int>(sqlstate::internal_error), sqlstate_category()};
}

std::string sqlstate_text(const boost::system::error_code& code) {
    if (code.category() != sqlstate_category())
        return {};
    std::string text(5, '0');
    int rest = code.value();
    for (auto position = text.rbegin(); position != text.rend(); ++position, rest /= 36)
        *position = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest % 36];
    return text;
}

} // namespace coropq
