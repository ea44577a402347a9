// Copyright (c) 2026 the coropq authors
// Distributed under the Boost Software License, Version 1.0. (See accompanying file LICENSE.)

#ifndef COROPQ_SQLSTATE_HPP
#define COROPQ_SQLSTATE_HPP

// The SQLSTATE codes of PostgreSQL (manual, appendix A "PostgreSQL Error Codes") as an error category:
//
//     catch (const coropq::server_error& e) {
//         if (e.code() == coropq::sqlstate::unique_violation) …
//     }
//
// The enumerators carry the condition names of the appendix; where it uses one name in two classes, the name of the
// class goes in front (sql_routine_…, external_routine_…, warning_…).

#include <boost/system/error_code.hpp>

#include <string>
#include <string_view>
#include <type_traits>

namespace coropq {

namespace detail {

/// Five characters of [0-9A-Z] as a number in base 36; 0 for anything else (so "00000" and nonsense are both "no
/// error").
constexpr int encode_sqlstate(std::string_view text) noexcept {
    if (text.size() != 5)
        return 0;
    int value = 0;
    for (char c : text) {
        int digit = 0;
        if (c >= '0' && c <= '9')
            digit = c - '0';
        else if (c >= 'A' && c <= 'Z')
            digit = c - 'A' + 10;
        else
            return 0;
        value = value * 36 + digit;
    }
    return value;
}

} // namespace detail

/// A condition that the server reports. Servers may send codes that are not listed here: an error_code holds any of
/// them, `sqlstate_text(code)` gives its five characters.
enum class sqlstate : int {
    // Class 00: Successful Completion
    successful_completion = detail::encode_sqlstate("00000"),
    // Class 01: Warning
    warning = detail::encode_sqlstate("01000"),
    dynamic_result_sets_returned = detail::encode_sqlstate("0100C"),
    implicit_zero_bit_padding = detail::encode_sqlstate("01008"),
    null_value_eliminated_in_set_function = detail::encode_sqlstate("01003"),
    privilege_not_granted = detail::encode_sqlstate("01007"),
    privilege_not_revoked = detail::encode_sqlstate("01006"),
    warning_string_data_right_truncation = detail::encode_sqlstate("01004"),
    deprecated_feature = detail::encode_sqlstate("01P01"),
    // Class 02: No Data (this is also a warning class per the SQL standard)
    no_data = detail::encode_sqlstate("02000"),
    no_additional_dynamic_result_sets_returned = detail::encode_sqlstate("02001"),
    // Class 03: SQL Statement Not Yet Complete
    sql_statement_not_yet_complete = detail::encode_sqlstate("03000"),
    // Class 08: Connection Exception
    connection_exception = detail::encode_sqlstate("08000"),
    connection_does_not_exist = detail::encode_sqlstate("08003"),
    connection_failure = detail::encode_sqlstate("08006"),
    sqlclient_unable_to_establish_sqlconnection = detail::encode_sqlstate("08001"),
    sqlserver_rejected_establishment_of_sqlconnection = detail::encode_sqlstate("08004"),
    transaction_resolution_unknown = detail::encode_sqlstate("08007"),
    protocol_violation = detail::encode_sqlstate("08P01"),
    // Class 09: Triggered Action Exception
    triggered_action_exception = detail::encode_sqlstate("09000"),
    // Class 0A: Feature Not Supported
    feature_not_supported = detail::encode_sqlstate("0A000"),
    // Class 0B: Invalid Transaction Initiation
    invalid_transaction_initiation = detail::encode_sqlstate("0B000"),
    // Class 0F: Locator Exception
    locator_exception = detail::encode_sqlstate("0F000"),
    invalid_locator_specification = detail::encode_sqlstate("0F001"),
    // Class 0L: Invalid Grantor
    invalid_grantor = detail::encode_sqlstate("0L000"),
    invalid_grant_operation = detail::encode_sqlstate("0LP01"),
    // Class 0P: Invalid Role Specification
    invalid_role_specification = detail::encode_sqlstate("0P000"),
    // Class 0Z: Diagnostics Exception
    diagnostics_exception = detail::encode_sqlstate("0Z000"),
    stacked_diagnostics_accessed_without_active_handler = detail::encode_sqlstate("0Z002"),
    // Class 20: Case Not Found
    case_not_found = detail::encode_sqlstate("20000"),
    // Class 21: Cardinality Violation
    cardinality_violation = detail::encode_sqlstate("21000"),
    // Class 22: Data Exception
    data_exception = detail::encode_sqlstate("22000"),
    array_subscript_error = detail::encode_sqlstate("2202E"),
    character_not_in_repertoire = detail::encode_sqlstate("22021"),
    datetime_field_overflow = detail::encode_sqlstate("22008"),
    division_by_zero = detail::encode_sqlstate("22012"),
    error_in_assignment = detail::encode_sqlstate("22005"),
    escape_character_conflict = detail::encode_sqlstate("2200B"),
    indicator_overflow = detail::encode_sqlstate("22022"),
    interval_field_overflow = detail::encode_sqlstate("22015"),
    invalid_argument_for_logarithm = detail::encode_sqlstate("2201E"),
    invalid_argument_for_ntile_function = detail::encode_sqlstate("22014"),
    invalid_argument_for_nth_value_function = detail::encode_sqlstate("22016"),
    invalid_argument_for_power_function = detail::encode_sqlstate("2201F"),
    invalid_argument_for_width_bucket_function = detail::encode_sqlstate("2201G"),
    invalid_character_value_for_cast = detail::encode_sqlstate("22018"),
    invalid_datetime_format = detail::encode_sqlstate("22007"),
    invalid_escape_character = detail::encode_sqlstate("22019"),
    invalid_escape_octet = detail::encode_sqlstate("2200D"),
    invalid_escape_sequence = detail::encode_sqlstate("22025"),
    nonstandard_use_of_escape_character = detail::encode_sqlstate("22P06"),
    invalid_indicator_parameter_value = detail::encode_sqlstate("22010"),
    invalid_parameter_value = detail::encode_sqlstate("22023"),
    invalid_preceding_or_following_size = detail::encode_sqlstate("22013"),
    invalid_regular_expression = detail::encode_sqlstate("2201B"),
    invalid_row_count_in_limit_clause = detail::encode_sqlstate("2201W"),
    invalid_row_count_in_result_offset_clause = detail::encode_sqlstate("2201X"),
    invalid_tablesample_argument = detail::encode_sqlstate("2202H"),
    invalid_tablesample_repeat = detail::encode_sqlstate("2202G"),
    invalid_time_zone_displacement_value = detail::encode_sqlstate("22009"),
    invalid_use_of_escape_character = detail::encode_sqlstate("2200C"),
    most_specific_type_mismatch = detail::encode_sqlstate("2200G"),
    null_value_not_allowed = detail::encode_sqlstate("22004"),
    null_value_no_indicator_parameter = detail::encode_sqlstate("22002"),
    numeric_value_out_of_range = detail::encode_sqlstate("22003"),
    sequence_generator_limit_exceeded = detail::encode_sqlstate("2200H"),
    string_data_length_mismatch = detail::encode_sqlstate("22026"),
    string_data_right_truncation = detail::encode_sqlstate("22001"),
    substring_error = detail::encode_sqlstate("22011"),
    trim_error = detail::encode_sqlstate("22027"),
    unterminated_c_string = detail::encode_sqlstate("22024"),
    zero_length_character_string = detail::encode_sqlstate("2200F"),
    floating_point_exception = detail::encode_sqlstate("22P01"),
    invalid_text_representation = detail::encode_sqlstate("22P02"),
    invalid_binary_representation = detail::encode_sqlstate("22P03"),
    bad_copy_file_format = detail::encode_sqlstate("22P04"),
    untranslatable_character = detail::encode_sqlstate("22P05"),
    datum_version_mismatch = detail::encode_sqlstate("22P07"),
    not_an_xml_document = detail::encode_sqlstate("2200L"),
    invalid_xml_document = detail::encode_sqlstate("2200M"),
    invalid_xml_content = detail::encode_sqlstate("2200N"),
    invalid_xml_comment = detail::encode_sqlstate("2200S"),
    invalid_xml_processing_instruction = detail::encode_sqlstate("2200T"),
    duplicate_json_object_key_value = detail::encode_sqlstate("22030"),
    invalid_argument_for_sql_json_datetime_function = detail::encode_sqlstate("22031"),
    invalid_json_text = detail::encode_sqlstate("22032"),
    invalid_sql_json_subscript = detail::encode_sqlstate("22033"),
    more_than_one_sql_json_item = detail::encode_sqlstate("22034"),
    no_sql_json_item = detail::encode_sqlstate("22035"),
    non_numeric_sql_json_item = detail::encode_sqlstate("22036"),
    non_unique_keys_in_a_json_object = detail::encode_sqlstate("22037"),
    singleton_sql_json_item_required = detail::encode_sqlstate("22038"),
    sql_json_array_not_found = detail::encode_sqlstate("22039"),
    sql_json_member_not_found = detail::encode_sqlstate("2203A"),
    sql_json_number_not_found = detail::encode_sqlstate("2203B"),
    sql_json_object_not_found = detail::encode_sqlstate("2203C"),
    too_many_json_array_elements = detail::encode_sqlstate("2203D"),
    too_many_json_object_members = detail::encode_sqlstate("2203E"),
    sql_json_scalar_required = detail::encode_sqlstate("2203F"),
    sql_json_item_cannot_be_cast_to_target_type = detail::encode_sqlstate("2203G"),
    // Class 23: Integrity Constraint Violation
    integrity_constraint_violation = detail::encode_sqlstate("23000"),
    restrict_violation = detail::encode_sqlstate("23001"),
    not_null_violation = detail::encode_sqlstate("23502"),
    foreign_key_violation = detail::encode_sqlstate("23503"),
    unique_violation = detail::encode_sqlstate("23505"),
    check_violation = detail::encode_sqlstate("23514"),
    exclusion_violation = detail::encode_sqlstate("23P01"),
    // Class 24: Invalid Cursor State
    invalid_cursor_state = detail::encode_sqlstate("24000"),
    // Class 25: Invalid Transaction State
    invalid_transaction_state = detail::encode_sqlstate("25000"),
    active_sql_transaction = detail::encode_sqlstate("25001"),
    branch_transaction_already_active = detail::encode_sqlstate("25002"),
    held_cursor_requires_same_isolation_level = detail::encode_sqlstate("25008"),
    inappropriate_access_mode_for_branch_transaction = detail::encode_sqlstate("25003"),
    inappropriate_isolation_level_for_branch_transaction = detail::encode_sqlstate("25004"),
    no_active_sql_transaction_for_branch_transaction = detail::encode_sqlstate("25005"),
    read_only_sql_transaction = detail::encode_sqlstate("25006"),
    schema_and_data_statement_mixing_not_supported = detail::encode_sqlstate("25007"),
    no_active_sql_transaction = detail::encode_sqlstate("25P01"),
    in_failed_sql_transaction = detail::encode_sqlstate("25P02"),
    idle_in_transaction_session_timeout = detail::encode_sqlstate("25P03"),
    // Class 26: Invalid SQL Statement Name
    invalid_sql_statement_name = detail::encode_sqlstate("26000"),
    // Class 27: Triggered Data Change Violation
    triggered_data_change_violation = detail::encode_sqlstate("27000"),
    // Class 28: Invalid Authorization Specification
    invalid_authorization_specification = detail::encode_sqlstate("28000"),
    invalid_password = detail::encode_sqlstate("28P01"),
    // Class 2B: Dependent Privilege Descriptors Still Exist
    dependent_privilege_descriptors_still_exist = detail::encode_sqlstate("2B000"),
    dependent_objects_still_exist = detail::encode_sqlstate("2BP01"),
    // Class 2D: Invalid Transaction Termination
    invalid_transaction_termination = detail::encode_sqlstate("2D000"),
    // Class 2F: SQL Routine Exception
    sql_routine_exception = detail::encode_sqlstate("2F000"),
    function_executed_no_return_statement = detail::encode_sqlstate("2F005"),
    sql_routine_modifying_sql_data_not_permitted = detail::encode_sqlstate("2F002"),
    sql_routine_prohibited_sql_statement_attempted = detail::encode_sqlstate("2F003"),
    sql_routine_reading_sql_data_not_permitted = detail::encode_sqlstate("2F004"),
    // Class 34: Invalid Cursor Name
    invalid_cursor_name = detail::encode_sqlstate("34000"),
    // Class 38: External Routine Exception
    external_routine_exception = detail::encode_sqlstate("38000"),
    containing_sql_not_permitted = detail::encode_sqlstate("38001"),
    external_routine_modifying_sql_data_not_permitted = detail::encode_sqlstate("38002"),
    external_routine_prohibited_sql_statement_attempted = detail::encode_sqlstate("38003"),
    external_routine_reading_sql_data_not_permitted = detail::encode_sqlstate("38004"),
    // Class 39: External Routine Invocation Exception
    external_routine_invocation_exception = detail::encode_sqlstate("39000"),
    invalid_sqlstate_returned = detail::encode_sqlstate("39001"),
    external_routine_invocation_null_value_not_allowed = detail::encode_sqlstate("39004"),
    trigger_protocol_violated = detail::encode_sqlstate("39P01"),
    srf_protocol_violated = detail::encode_sqlstate("39P02"),
    event_trigger_protocol_violated = detail::encode_sqlstate("39P03"),
    // Class 3B: Savepoint Exception
    savepoint_exception = detail::encode_sqlstate("3B000"),
    invalid_savepoint_specification = detail::encode_sqlstate("3B001"),
    // Class 3D: Invalid Catalog Name
    invalid_catalog_name = detail::encode_sqlstate("3D000"),
    // Class 3F: Invalid Schema Name
    invalid_schema_name = detail::encode_sqlstate("3F000"),
    // Class 40: Transaction Rollback
    transaction_rollback = detail::encode_sqlstate("40000"),
    transaction_integrity_constraint_violation = detail::encode_sqlstate("40002"),
    serialization_failure = detail::encode_sqlstate("40001"),
    statement_completion_unknown = detail::encode_sqlstate("40003"),
    deadlock_detected = detail::encode_sqlstate("40P01"),
    // Class 42: Syntax Error or Access Rule Violation
    syntax_error_or_access_rule_violation = detail::encode_sqlstate("42000"),
    syntax_error = detail::encode_sqlstate("42601"),
    insufficient_privilege = detail::encode_sqlstate("42501"),
    cannot_coerce = detail::encode_sqlstate("42846"),
    grouping_error = detail::encode_sqlstate("42803"),
    windowing_error = detail::encode_sqlstate("42P20"),
    invalid_recursion = detail::encode_sqlstate("42P19"),
    invalid_foreign_key = detail::encode_sqlstate("42830"),
    invalid_name = detail::encode_sqlstate("42602"),
    name_too_long = detail::encode_sqlstate("42622"),
    reserved_name = detail::encode_sqlstate("42939"),
    datatype_mismatch = detail::encode_sqlstate("42804"),
    indeterminate_datatype = detail::encode_sqlstate("42P18"),
    collation_mismatch = detail::encode_sqlstate("42P21"),
    indeterminate_collation = detail::encode_sqlstate("42P22"),
    wrong_object_type = detail::encode_sqlstate("42809"),
    generated_always = detail::encode_sqlstate("428C9"),
    undefined_column = detail::encode_sqlstate("42703"),
    undefined_function = detail::encode_sqlstate("42883"),
    undefined_table = detail::encode_sqlstate("42P01"),
    undefined_parameter = detail::encode_sqlstate("42P02"),
    undefined_object = detail::encode_sqlstate("42704"),
    duplicate_column = detail::encode_sqlstate("42701"),
    duplicate_cursor = detail::encode_sqlstate("42P03"),
    duplicate_database = detail::encode_sqlstate("42P04"),
    duplicate_function = detail::encode_sqlstate("42723"),
    duplicate_prepared_statement = detail::encode_sqlstate("42P05"),
    duplicate_schema = detail::encode_sqlstate("42P06"),
    duplicate_table = detail::encode_sqlstate("42P07"),
    duplicate_alias = detail::encode_sqlstate("42712"),
    duplicate_object = detail::encode_sqlstate("42710"),
    ambiguous_column = detail::encode_sqlstate("42702"),
    ambiguous_function = detail::encode_sqlstate("42725"),
    ambiguous_parameter = detail::encode_sqlstate("42P08"),
    ambiguous_alias = detail::encode_sqlstate("42P09"),
    invalid_column_reference = detail::encode_sqlstate("42P10"),
    invalid_column_definition = detail::encode_sqlstate("42611"),
    invalid_cursor_definition = detail::encode_sqlstate("42P11"),
    invalid_database_definition = detail::encode_sqlstate("42P12"),
    invalid_function_definition = detail::encode_sqlstate("42P13"),
    invalid_prepared_statement_definition = detail::encode_sqlstate("42P14"),
    invalid_schema_definition = detail::encode_sqlstate("42P15"),
    invalid_table_definition = detail::encode_sqlstate("42P16"),
    invalid_object_definition = detail::encode_sqlstate("42P17"),
    // Class 44: WITH CHECK OPTION Violation
    with_check_option_violation = detail::encode_sqlstate("44000"),
    // Class 53: Insufficient Resources
    insufficient_resources = detail::encode_sqlstate("53000"),
    disk_full = detail::encode_sqlstate("53100"),
    out_of_memory = detail::encode_sqlstate("53200"),
    too_many_connections = detail::encode_sqlstate("53300"),
    configuration_limit_exceeded = detail::encode_sqlstate("53400"),
    // Class 54: Program Limit Exceeded
    program_limit_exceeded = detail::encode_sqlstate("54000"),
    statement_too_complex = detail::encode_sqlstate("54001"),
    too_many_columns = detail::encode_sqlstate("54011"),
    too_many_arguments = detail::encode_sqlstate("54023"),
    // Class 55: Object Not In Prerequisite State
    object_not_in_prerequisite_state = detail::encode_sqlstate("55000"),
    object_in_use = detail::encode_sqlstate("55006"),
    cant_change_runtime_param = detail::encode_sqlstate("55P02"),
    lock_not_available = detail::encode_sqlstate("55P03"),
    unsafe_new_enum_value_usage = detail::encode_sqlstate("55P04"),
    // Class 57: Operator Intervention
    operator_intervention = detail::encode_sqlstate("57000"),
    query_canceled = detail::encode_sqlstate("57014"),
    admin_shutdown = detail::encode_sqlstate("57P01"),
    crash_shutdown = detail::encode_sqlstate("57P02"),
    cannot_connect_now = detail::encode_sqlstate("57P03"),
    database_dropped = detail::encode_sqlstate("57P04"),
    idle_session_timeout = detail::encode_sqlstate("57P05"),
    // Class 58: System Error (errors external to PostgreSQL itself)
    system_error = detail::encode_sqlstate("58000"),
    io_error = detail::encode_sqlstate("58030"),
    undefined_file = detail::encode_sqlstate("58P01"),
    duplicate_file = detail::encode_sqlstate("58P02"),
    // Class 72: Snapshot Failure
    snapshot_too_old = detail::encode_sqlstate("72000"),
    // Class F0: Configuration File Error
    config_file_error = detail::encode_sqlstate("F0000"),
    lock_file_exists = detail::encode_sqlstate("F0001"),
    // Class HV: Foreign Data Wrapper Error (SQL/MED)
    fdw_error = detail::encode_sqlstate("HV000"),
    fdw_column_name_not_found = detail::encode_sqlstate("HV005"),
    fdw_dynamic_parameter_value_needed = detail::encode_sqlstate("HV002"),
    fdw_function_sequence_error = detail::encode_sqlstate("HV010"),
    fdw_inconsistent_descriptor_information = detail::encode_sqlstate("HV021"),
    fdw_invalid_attribute_value = detail::encode_sqlstate("HV024"),
    fdw_invalid_column_name = detail::encode_sqlstate("HV007"),
    fdw_invalid_column_number = detail::encode_sqlstate("HV008"),
    fdw_invalid_data_type = detail::encode_sqlstate("HV004"),
    fdw_invalid_data_type_descriptors = detail::encode_sqlstate("HV006"),
    fdw_invalid_descriptor_field_identifier = detail::encode_sqlstate("HV091"),
    fdw_invalid_handle = detail::encode_sqlstate("HV00B"),
    fdw_invalid_option_index = detail::encode_sqlstate("HV00C"),
    fdw_invalid_option_name = detail::encode_sqlstate("HV00D"),
    fdw_invalid_string_length_or_buffer_length = detail::encode_sqlstate("HV090"),
    fdw_invalid_string_format = detail::encode_sqlstate("HV00A"),
    fdw_invalid_use_of_null_pointer = detail::encode_sqlstate("HV009"),
    fdw_too_many_handles = detail::encode_sqlstate("HV014"),
    fdw_out_of_memory = detail::encode_sqlstate("HV001"),
    fdw_no_schemas = detail::encode_sqlstate("HV00P"),
    fdw_option_name_not_found = detail::encode_sqlstate("HV00J"),
    fdw_reply_handle = detail::encode_sqlstate("HV00K"),
    fdw_schema_not_found = detail::encode_sqlstate("HV00Q"),
    fdw_table_not_found = detail::encode_sqlstate("HV00R"),
    fdw_unable_to_create_execution = detail::encode_sqlstate("HV00L"),
    fdw_unable_to_create_reply = detail::encode_sqlstate("HV00M"),
    fdw_unable_to_establish_connection = detail::encode_sqlstate("HV00N"),
    // Class P0: PL/pgSQL Error
    plpgsql_error = detail::encode_sqlstate("P0000"),
    raise_exception = detail::encode_sqlstate("P0001"),
    no_data_found = detail::encode_sqlstate("P0002"),
    too_many_rows = detail::encode_sqlstate("P0003"),
    assert_failure = detail::encode_sqlstate("P0004"),
    // Class XX: Internal Error
    internal_error = detail::encode_sqlstate("XX000"),
    data_corrupted = detail::encode_sqlstate("XX001"),
    index_corrupted = detail::encode_sqlstate("XX002"),
};

/// The category of error codes that hold a SQLSTATE. Its messages are the condition names.
const boost::system::error_category& sqlstate_category() noexcept;

/// An error code from the server's five characters. Something that is no SQLSTATE becomes `sqlstate::internal_error`:
/// a server that reports an error without a proper code has still reported an error.
boost::system::error_code make_sqlstate_code(std::string_view five_characters) noexcept;

/// The five characters of a code of `sqlstate_category()`; empty for codes of other categories.
std::string sqlstate_text(const boost::system::error_code& code);

inline boost::system::error_code make_error_code(sqlstate value) noexcept {
    return {static_cast<int>(value), sqlstate_category()};
}

} // namespace coropq

template <>
struct boost::system::is_error_code_enum<coropq::sqlstate> : std::true_type {};

#endif
